/** How many sequences the trainer looks through to fill a row, unless told otherwise. */
const POOL = 64;

/**
 * How many rows sequences of these lengths fill when they are packed as the trainer does: each row begins with the oldest
 * and takes the largest that still fits. Tells how many steps make an epoch; another order gives another number by little.
 */
export function packedRows(lengths: readonly number[], rowTokens: number): number {
  const pool: number[] = [];
  let next = 0;
  let rows = 0;
  for (;;) {
    while (pool.length < POOL && next < lengths.length) pool.push(...pieces(lengths[next++]!, rowTokens));
    const first = pool.shift();
    if (first === undefined) return rows;
    rows++;
    for (let room = rowTokens - first; room > 1; ) {
      const fitting = pool.reduce((best, length) => (length <= room && length > best ? length : best), 0);
      if (fitting === 0) break;
      pool.splice(pool.indexOf(fitting), 1);
      room -= fitting;
    }
  }
}

// --- internal ---

/** What is longer than a row is cut into rows that share one token. */
function pieces(tokens: number, rowTokens: number): number[] {
  const result: number[] = [];
  for (let left = tokens; left > 1; left -= rowTokens - 1) result.push(Math.min(left, rowTokens));
  return result;
}

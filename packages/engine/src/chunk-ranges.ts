/**
 * Cuts `[start, end)` into ranges of at most `size` tokens, none of which is a single token unless it must be: a cache
 * entry written by a step of one token differs in its last bits from the same entry written in a longer step, so a
 * lone rest would make an answer depend on where the cuts fall.
 */
export function chunkRanges(start: number, end: number, size: number): [start: number, end: number][] {
  const ranges: [number, number][] = [];
  for (let from = start; from < end; ) {
    const rest = end - from;
    const length = rest === size + 1 && size > 2 ? size - 1 : Math.min(size, rest);
    ranges.push([from, from + length]);
    from += length;
  }
  return ranges;
}

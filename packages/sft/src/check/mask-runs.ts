/** Tokens that are learnt one after the other: `[start, end)`. */
export interface MaskRun {
  readonly start: number;
  readonly end: number;
}

/** The runs of ones in a mask. */
export function maskRuns(mask: ArrayLike<number>): MaskRun[] {
  const runs: MaskRun[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] !== 1) continue;
    let end = start;
    while (end < mask.length && mask[end] === 1) end++;
    runs.push({ start, end });
    start = end;
  }
  return runs;
}

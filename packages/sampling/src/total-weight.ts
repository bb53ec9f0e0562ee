import type { Candidates } from "./candidates.ts";

/**
 * What all candidates weigh, by e^(logit - largest logit), and their mean distance below the largest logit, by P. The largest
 * logit must be finite.
 */
export function totalWeight({ workspace, max, end }: Candidates): {
  readonly total: number;
  readonly meanDistance: number;
} {
  const { kernels, logits, sums64 } = workspace;
  const total = kernels.total(logits.address, end, max);
  return { total, meanDistance: sums64[0]! / total };
}

import type { Candidates } from "./candidates.ts";
import { LARGEST } from "./float32.ts";
import { BLOCK } from "./workspace.ts";

/** Powers of 2 below this are negligible: all tokens of a vocabulary together do not reach a double's last bit of the sum. */
export const NEGLIGIBLE_POWER = -92;

const LEAST_SCALE = 2 ** -126;

export interface Weights {
  /** The sum of all. */
  readonly total: number;
  /** That of each block of 64, until the next weighing. */
  readonly sums: Float64Array;
}

/** Weighs every candidate, by 2^((logit - largest logit) * scale). The largest logit must be finite. */
export function weigh(candidates: Candidates, scale: number): Weights {
  const { workspace, max, end, blockCount } = candidates;
  const { kernels, logits, sums } = workspace;
  const from = Math.max(max + NEGLIGIBLE_POWER / scale, Number.NEGATIVE_INFINITY);
  // In single precision, 0 and infinity would make no numbers of what is excluded and of the largest.
  const factor = Math.min(Math.max(scale, LEAST_SCALE), LARGEST);
  const total = kernels.weigh(logits.address, end, workspace.maxima.address, sums.address, from, max, factor);
  return { total, sums: sums.view.subarray(0, blockCount) };
}

/**
 * What all candidates weigh at least, by e^(logit - largest logit): the largest of each block of 64. A hundredth of the
 * time of weighing them. The largest logit must be finite.
 */
export function leastTotal(candidates: Candidates): number {
  const {
    workspace,
    max,
    maxima: { length },
  } = candidates;
  const { kernels, maxima, sums } = workspace;
  const end = maxima.address + 4 * BLOCK * Math.ceil(length / BLOCK);
  const { NEGATIVE_INFINITY } = Number; // no block of maxima is passed over
  return kernels.weigh(maxima.address, end, maxima.address, sums.address, NEGATIVE_INFINITY, max, Math.LOG2E);
}

import type { LogitsTransform } from "@palaver/core";
import { PalaverError } from "@palaver/core";
import type { Candidates } from "./candidates.ts";
import { keepSelected, type Selection } from "./selection.ts";

/**
 * Keeps tokens whose logit is at most `n` standard deviations of all logits below the largest (top-n-sigma, Tang et al. 2024,
 * https://arxiv.org/abs/2411.07641). `Infinity` keeps all, 0 the most probable. The set does not depend on the temperature.
 * @throws ERR_INVALID_ARGUMENT unless `n` is 0 or more
 */
export function topNSigma(n: number): LogitsTransform {
  return keepSelected(topNSigmaSelection(n));
}

/** @throws ERR_INVALID_ARGUMENT unless `n` is 0 or more */
export function topNSigmaSelection(n: number): Selection {
  if (!(n >= 0)) throw new PalaverError("ERR_INVALID_ARGUMENT", `top n sigma must be 0 or more, got ${n}`);
  return (candidates) => {
    if (n < Number.POSITIVE_INFINITY) candidates.keep({ low: candidates.max - n * deviation(candidates) });
  };
}

// --- internal ---

/** The standard deviation of the logits that are not excluded. */
function deviation({ workspace, max, end }: Candidates): number {
  const count = workspace.kernels.deviation(workspace.logits.address, end, max);
  const [sum, squares] = workspace.sums64 as unknown as [number, number]; // a view of two numbers
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}

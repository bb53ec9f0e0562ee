import type { LogitsTransform } from "@palaver/core";
import { PalaverError } from "@palaver/core";
import { keepSelected, type Selection } from "./selection.ts";
import { type Survey, tokensFrom } from "./survey.ts";

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
  return (surveyed) =>
    n === Number.POSITIVE_INFINITY ? undefined : tokensFrom(surveyed, surveyed.max - n * deviation(surveyed));
}

// --- internal ---

/** The standard deviation of the logits that are not excluded. */
function deviation({ logits, max }: Survey): number {
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < logits.length; i++) {
    const distance = max - logits[i]!; // from the largest one: a common offset would cost digits of the squares
    if (distance === Number.POSITIVE_INFINITY) continue;
    count++;
    sum += distance;
    squares += distance * distance;
  }
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}

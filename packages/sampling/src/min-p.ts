import type { LogitsTransform } from "@palaver/core";
import { requireProbability } from "./require-probability.ts";
import { keepSelected, type Selection } from "./selection.ts";

/**
 * Keeps tokens at least `p` times as probable as the most probable one. 0 keeps all, 1 the most probable.
 * Needs no softmax: `P(t) >= p * P(best)` is `logit(t) >= logit(best) + log p`.
 * @throws ERR_INVALID_ARGUMENT unless `p` is from 0 to 1
 */
export function minP(p: number): LogitsTransform {
  return keepSelected(minPSelection(p));
}

/** @throws ERR_INVALID_ARGUMENT unless `p` is from 0 to 1 */
export function minPSelection(p: number): Selection {
  requireProbability("min p", p);
  const distance = Math.log(p);
  return (candidates) => {
    if (p > 0) candidates.keep({ low: candidates.max + distance });
  };
}

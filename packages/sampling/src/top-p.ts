import type { LogitsTransform } from "@palaver/core";
import { keepBest, keepShare } from "./keep-best.ts";
import { profileWeights } from "./profile.ts";
import { reached } from "./reached.ts";
import { requireProbability } from "./require-probability.ts";
import { keepSelected, type Selection } from "./selection.ts";
import { leastTotal } from "./weigh.ts";

/**
 * Keeps the smallest set of most probable tokens whose probability reaches `p` (nucleus sampling, Holtzman et al. 2019,
 * https://arxiv.org/abs/1904.09751). 1 keeps all, 0 the most probable alone.
 * @throws ERR_INVALID_ARGUMENT unless `p` is from 0 to 1
 */
export function topP(p: number): LogitsTransform {
  return keepSelected(topPSelection(p));
}

/** @throws ERR_INVALID_ARGUMENT unless `p` is from 0 to 1 */
export function topPSelection(p: number): Selection {
  requireProbability("top p", p);
  return (candidates) => {
    if (p === 1) return;
    const { min, max, count } = candidates;
    if (min === max) {
      keepShare(candidates, reached(p));
      return;
    }
    // Smaller ones, all together, weigh less than what the set may lack.
    const smallest = ((1 - reached(p)) / count) * leastTotal(candidates);
    const profile = profileWeights(candidates, max + Math.log(smallest));
    keepBest(candidates, profile, {
      target: reached(p) * profile.total,
      weightOf: (logit) => Math.exp(logit - max),
    });
  };
}

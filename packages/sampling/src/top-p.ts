import type { LogitsTransform } from "@palaver/core";
import { keepBest, keepShare, stripReaching } from "./keep-best.ts";
import { narrowedProfile, shareWithMargin } from "./narrowed-profile.ts";
import { reached } from "./reached.ts";
import { requireProbability } from "./require-probability.ts";
import { keepSelected, type Selection } from "./selection.ts";
import { totalWeight } from "./total-weight.ts";

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
    const { min, max } = candidates;
    if (min === max) {
      keepShare(candidates, reached(p));
      return;
    }
    const target = reached(p) * totalWeight(candidates).total;
    const profile = narrowedProfile(candidates, target, ({ strips, bounds, total }) => {
      const { strip } = stripReaching(strips, shareWithMargin(p) * total);
      return { low: bounds(0, strip).low, high: max };
    });
    keepBest(candidates, profile, { target, weightOf: (logit) => Math.exp(logit - max) });
  };
}

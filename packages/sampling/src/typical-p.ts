import type { LogitsTransform } from "@palaver/core";
import { bestOf } from "./best-of.ts";
import { reached } from "./reached.ts";
import { requireProbability } from "./require-probability.ts";
import { keepSelected, type Selection } from "./selection.ts";
import { type Spread, STRIP, spread } from "./spread.ts";
import { tokensFrom } from "./survey.ts";
import { weigh } from "./weigh.ts";

/**
 * Keeps the smallest set of most typical tokens whose probability reaches `p`: typical is a surprise `-log P(t)` close to
 * the expected one, the entropy (locally typical sampling, Meister et al. 2022, https://arxiv.org/abs/2202.00666). 1 keeps all.
 * @throws ERR_INVALID_ARGUMENT unless `p` is from 0 to 1
 */
export function typicalP(p: number): LogitsTransform {
  return keepSelected(typicalPSelection(p));
}

/** @throws ERR_INVALID_ARGUMENT unless `p` is from 0 to 1 */
export function typicalPSelection(p: number): Selection {
  requireProbability("typical p", p);
  return (surveyed) => {
    if (p === 1) return undefined;
    const { max, logits } = surveyed;
    const weights = spread(surveyed);
    const target = reached(p) * weights.total;
    const half = stripsToReach(weights, target);
    const center = weights.meanDistance;
    // -log P is the distance below the largest logit and a constant: so is its mean, the entropy.
    const isNear = (id: number): boolean => Math.abs(max - logits[id]! - center) < (half + 1) * STRIP;
    const ids = tokensFrom(surveyed, max - center - (half + 1) * STRIP).filter(isNear);
    const distances = Float64Array.from(ids, (id) => max - logits[id]!);
    const ranks = distances.map((distance) => Math.abs(distance - center));
    return bestOf({ ids, ranks, weights: weigh(distances) }, { target });
  };
}

// --- internal ---

/** How many strips on either side of the mean's own hold the target weight, all together: the set lies within one more. */
function stripsToReach({ strips, meanDistance }: Spread, target: number): number {
  const middle = Math.floor(meanDistance / STRIP);
  let sum = strips[middle] ?? 0;
  let half = 0;
  while ((sum === 0 || sum < target) && half < strips.length) {
    half++;
    sum += (strips[middle - half] ?? 0) + (strips[middle + half] ?? 0);
  }
  return half;
}

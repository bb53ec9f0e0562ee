import type { LogitsTransform } from "@palaver/core";
import { distancesOf, logitRanks, weightsOf } from "./distances-of.ts";
import { lastOfBest } from "./last-of-best.ts";
import { reached } from "./reached.ts";
import { requireProbability } from "./require-probability.ts";
import { keepSelected, type Selection } from "./selection.ts";
import { STRIP, spread } from "./spread.ts";
import { tokensFrom, tokensUpTo } from "./survey.ts";

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
  return (surveyed) => {
    if (p === 1) return undefined;
    const { strips, total } = spread(surveyed);
    const target = reached(p) * total;
    let strip = 0;
    let sum = 0;
    // Ends in front of the last strip: p is less than 1, and the total is the sum of the strips in this order.
    while (sum + strips[strip]! < target) sum += strips[strip++]!;
    // All strips in front belong to the set; only in this one is anything to be decided.
    const { max, logits } = surveyed;
    const near = tokensFrom(surveyed, max - (strip + 1) * STRIP, max - strip * STRIP);
    const ids = near.filter((id) => max - logits[id]! >= strip * STRIP);
    const ranked = { ranks: logitRanks(surveyed, ids), weights: weightsOf(distancesOf(surveyed, ids)) };
    return tokensUpTo(surveyed, ids[lastOfBest(ranked, target - sum)]!);
  };
}

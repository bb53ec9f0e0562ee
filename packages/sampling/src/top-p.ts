import type { LogitsTransform } from "@palaver/core";
import { bestOf } from "./best-of.ts";
import { reached } from "./reached.ts";
import { requireProbability } from "./require-probability.ts";
import { keepSelected, type Selection } from "./selection.ts";
import { STRIP, spread } from "./spread.ts";
import { tokensFrom } from "./survey.ts";
import { weigh } from "./weigh.ts";

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
    while (strip < strips.length - 1 && sum + strips[strip]! < target) sum += strips[strip++]!;
    // All strips in front belong to the set; only in this one is anything to be decided.
    const ids = tokensFrom(surveyed, surveyed.max - (strip + 1) * STRIP);
    const ranks = Float64Array.from(ids, (id) => surveyed.max - surveyed.logits[id]!);
    return bestOf({ ids, ranks, weights: weigh(ranks) }, { target, certain: strip * STRIP, sum });
  };
}

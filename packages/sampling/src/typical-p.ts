import type { LogitsTransform } from "@palaver/core";
import { distancesOf, weightsOf } from "./distances-of.ts";
import { lastOfBest } from "./last-of-best.ts";
import { reached } from "./reached.ts";
import { requireProbability } from "./require-probability.ts";
import { keepSelected, type Selection } from "./selection.ts";
import { type Spread, STRIP, spread } from "./spread.ts";
import { tokensFrom } from "./survey.ts";

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
    const weights = spread(surveyed);
    const target = reached(p) * weights.total;
    const center = weights.meanDistance;
    // -log P is the distance below the largest logit and a constant: so is its mean, the entropy.
    const half = stripsToReach(weights, target);
    const ids = tokensFrom(
      surveyed,
      surveyed.max - center - (half + 1) * STRIP,
      surveyed.max - center + (half + 1) * STRIP,
    );
    return mostTypical(ids, distancesOf(surveyed, ids), { center, target, certain: (half - 1) * STRIP });
  };
}

// --- internal ---

/**
 * How many strips on either side of the mean's own hold the target weight, all together: the set lies within one more, and
 * all within one less belong to it.
 */
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

interface TypicalOptions {
  /** The distance below the largest logit that is the most typical. */
  readonly center: number;
  /** The weight to reach. */
  readonly target: number;
  /** Tokens nearer to the center than this are in the set. */
  readonly certain: number;
}

/** Of ids and their distances below the largest logit, those that are nearest to the center; of equally near ones the lowest ids. */
function mostTypical(
  ids: Uint32Array,
  distances: Float64Array,
  { center, target, certain }: TypicalOptions,
): Uint32Array {
  const weights = weightsOf(distances);
  const ranks = new Float64Array(ids.length);
  const open = new Uint32Array(ids.length);
  let count = 0;
  let sum = 0;
  for (let i = 0; i < ids.length; i++) {
    ranks[i] = Math.abs(distances[i]! - center);
    if (ranks[i]! < certain) sum += weights[i]!;
    else open[count++] = i;
  }
  const places = open.subarray(0, count);
  const openRanked = { ranks: picked(ranks, places), weights: picked(weights, places) };
  const last = places[lastOfBest(openRanked, target - sum)]!;
  const limit = ranks[last]!;
  let kept = 0;
  for (let i = 0; i < ids.length; i++) {
    if (ranks[i]! < limit || (ranks[i] === limit && i <= last)) ids[kept++] = ids[i]!;
  }
  return ids.subarray(0, kept);
}

function picked(values: Float64Array, places: Uint32Array): Float64Array {
  return Float64Array.from(places, (place) => values[place]!);
}

import type { LogitsTransform } from "@palaver/core";
import type { Candidates } from "./candidates.ts";
import { smallestWhere } from "./float32.ts";
import { keepShare } from "./keep-best.ts";
import { lastOfBest } from "./last-of-best.ts";
import { narrowedProfile, shareWithMargin } from "./narrowed-profile.ts";
import type { Profile } from "./profile.ts";
import { reached } from "./reached.ts";
import { requireProbability } from "./require-probability.ts";
import { keepSelected, type Selection } from "./selection.ts";
import { totalWeight } from "./total-weight.ts";

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
  return (candidates) => {
    if (p === 1) return;
    if (candidates.min === candidates.max) {
      keepShare(candidates, reached(p));
      return;
    }
    const { max } = candidates;
    const { total, meanDistance } = totalWeight(candidates);
    // -log P is the distance below the largest logit and a constant: so is its mean, the entropy.
    const typical = { max, center: meanDistance };
    const target = reached(p) * total;
    const profile = narrowedProfile(candidates, target, ({ strips, stripOf, width, total }) => {
      const half = stripsToReach(strips, stripOf(max - typical.center), shareWithMargin(p) * total);
      return nearest(typical, (rank) => rank <= (half + 1) * width);
    });
    keepNearest(candidates, typical, lastOfNearest(candidates, profile, { ...typical, target }));
  };
}

// --- internal ---

interface Typical {
  /** The largest logit. */
  readonly max: number;
  /** The distance below it that is the most typical. */
  readonly center: number;
}

/** How far from typical a logit is. */
function rankOf(logit: number, { max, center }: Typical): number {
  return Math.abs(max - logit - center);
}

interface Last {
  readonly rank: number;
  readonly id: number;
}

/** The last of the most typical candidates whose weight reaches `target`. Keeps only candidates that may be among them. */
function lastOfNearest(candidates: Candidates, profile: Profile, typical: Typical & { target: number }): Last {
  const { strips, width, stripOf } = profile;
  const { max, center, target } = typical;
  const middle = stripOf(max - center);
  const half = stripsToReach(strips, middle, target);
  // The set lies within a strip more on either side; what is nearer than a strip less is part of it. Only those between are
  // looked at one by one: the others' weight is what they leave of the strips' sum.
  const first = Math.max(0, middle - half - 2);
  const last = Math.min(strips.length - 1, middle + half + 2);
  const certain = (half - 1) * width;
  candidates.keep(profile.bounds(first, last));

  let certainSum = 0;
  for (let strip = first; strip <= last; strip++) certainSum += strips[strip]!;
  const places = openPlaces(candidates, max - center, certain - width / 2);
  const { logits } = candidates;
  const ranks = new Float64Array(places.length);
  const weights = new Float64Array(places.length);
  let count = 0;
  for (let i = 0; i < places.length; i++) {
    const logit = logits[places[i]!]!;
    const rank = rankOf(logit, typical);
    if (rank < certain) continue;
    places[count] = places[i]!;
    ranks[count] = rank;
    weights[count] = Math.exp(logit - max);
    const strip = stripOf(logit);
    if (strip >= first && strip <= last) certainSum -= weights[count]!;
    count++;
  }
  const open = { ranks: ranks.subarray(0, count), weights: weights.subarray(0, count) };
  const lastOpen = lastOfBest(open, certain > 0 ? target - certainSum : target);
  return { rank: ranks[lastOpen]!, id: candidates.idAt(places[lastOpen]!) };
}

/** The places, ascending, of candidates whose logits are further from typical than a distance. */
function openPlaces(candidates: Candidates, typicalLogit: number, distance: number): Int32Array {
  if (distance <= 0) return candidates.find({}).places;
  const below = candidates.find({ high: typicalLogit - distance }).places.slice();
  const above = candidates.find({ low: typicalLogit + distance }).places;
  const both = new Int32Array(below.length + above.length);
  both.set(below);
  both.set(above, below.length);
  return both.sort();
}

/** How many strips on either side of the middle one hold the target weight, all together. */
function stripsToReach(strips: Float64Array, middle: number, target: number): number {
  let sum = strips[middle]!;
  let half = 0;
  while ((sum === 0 || sum < target) && half < strips.length) {
    half++;
    sum += (strips[middle - half] ?? 0) + (strips[middle + half] ?? 0);
  }
  return half;
}

/** Keeps the candidates that are nearer than the last one, and of those as near the ids up to it. */
function keepNearest(candidates: Candidates, typical: Typical, last: Last): void {
  const behind = nearest(typical, (rank) => rank < last.rank);
  candidates.keep({
    last: last.id,
    ...nearest(typical, (rank) => rank <= last.rank),
    lowBehind: behind.low,
    highBehind: behind.high,
  });
}

/** The bounds of logits whose distance from typical is near enough. */
function nearest({ max, center }: Typical, isNear: (rank: number) => boolean): { low: number; high: number } {
  // Distances grow as logits fall, and round to the same number for many of them: so the borders are searched for.
  return {
    low: smallestWhere((logit) => isNear(max - logit - center)),
    high: -smallestWhere((logit) => isNear(center - (max + logit))),
  };
}

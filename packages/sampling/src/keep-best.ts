import type { Candidates, Found } from "./candidates.ts";
import { following } from "./float32.ts";
import { lastOfBest } from "./last-of-best.ts";
import type { Profile } from "./profile.ts";

/** Keeps the candidates with the largest logits, of equal ones the lowest ids, up to the one with which their sum reaches a target. */
export function keepBest(
  candidates: Candidates,
  profile: Profile,
  { target, weightOf }: { readonly target: number; readonly weightOf: (logit: number) => number },
): void {
  const { strips, stripOf } = profile;
  const { strip, sum } = stripReaching(strips, target);
  const bounds = profile.bounds(strip, strip);
  candidates.keep({ low: bounds.low });
  // All strips in front belong to the set; only in this one is anything to be decided.
  const { places, logits } = candidates.find(bounds);
  let count = 0;
  for (let i = 0; i < places.length; i++) {
    if (stripOf(logits[i]!) !== strip) continue;
    places[count] = places[i]!;
    logits[count++] = logits[i]!;
  }
  const inStrip = { places: places.subarray(0, count), logits: logits.subarray(0, count) };
  keepUpTo(candidates, lastOfFound(inStrip, target - sum, weightOf));
}

/** The strip with which the sum of strips, from the first on, reaches a target, or the last one; the sum of those in front. */
export function stripReaching(strips: Float64Array, target: number): { readonly strip: number; readonly sum: number } {
  let strip = 0;
  let sum = 0;
  while (strip < strips.length - 1 && sum + strips[strip]! < target) sum += strips[strip++]!;
  return { strip, sum };
}

/** The place of the last of the best found ones whose weight reaches a target. */
export function lastOfFound(
  { places, logits }: Pick<Found, "places" | "logits">,
  target: number,
  weightOf: (logit: number) => number,
): number {
  // Coarse numbers share a strip by thousands.
  if (logits.every((logit) => logit === logits[0]))
    return places[lastOf(target / weightOf(logits[0]!), logits.length)]!;
  const ranks = new Float64Array(logits.length);
  const weights = new Float64Array(logits.length);
  for (let i = 0; i < logits.length; i++) {
    ranks[i] = -logits[i]!;
    weights[i] = weightOf(logits[i]!);
  }
  return places[lastOfBest({ ranks, weights }, target)]!;
}

/** Keeps the candidates with a larger logit than the one at `place`, and of those with the same one the ids up to it. */
export function keepUpTo(candidates: Candidates, place: number): void {
  const least = candidates.logits[place]!;
  candidates.keep({ low: least, last: candidates.idAt(place), lowBehind: following(least) });
}

/** Keeps a share of equally probable candidates, the lowest ids. */
export function keepShare(candidates: Candidates, share: number): void {
  candidates.keep({});
  keepFirst(candidates, share * candidates.count);
}

/** Keeps some of equally probable candidates, the lowest ids. */
export function keepFirst(candidates: Candidates, amount: number): void {
  candidates.keep({});
  keepUpTo(candidates, lastOf(amount, candidates.count));
}

// --- internal ---

/** The place of the last of equally probable ones of which an amount is wanted, one at least. */
function lastOf(amount: number, count: number): number {
  return Math.min(Math.max(Math.ceil(amount), 1), count) - 1;
}

import type { Bounds, Candidates } from "./candidates.ts";
import { type Profile, profileFound, profileWeights, sketchWeights } from "./profile.ts";

/** Looking at each of fewer candidates takes no longer than guessing. */
const MANY = 16_384;

/**
 * The profile of candidates, of which those outside bounds may be gone: the bounds are guessed by a sketch of the profile, and
 * what is within them weighs `target` at least. So the guess changes what a selection costs and not what it selects, provided that
 * this is always within such bounds if they hold as much. The largest logit must be finite.
 */
export function narrowedProfile(
  candidates: Candidates,
  target: number,
  guess: (sketch: Profile) => Required<Pick<Bounds, "low" | "high">>,
): Profile {
  if (candidates.count >= MANY) {
    const sketch = sketchWeights(candidates);
    const bounds = guess(sketch);
    if (countWithin(sketch, bounds) < candidates.count / 2) {
      const found = candidates.find(bounds);
      const profile = profileFound(candidates, found, sketch);
      if (profile.total >= target) {
        candidates.keepFound(found);
        return profile;
      }
    }
  }
  return profileWeights(candidates);
}

/** The share that a guess aims at for one that is to be reached: half of what is left is for what a sketch cannot know. */
export function shareWithMargin(p: number): number {
  return (1 + p) / 2;
}

// --- internal ---

/** About how many candidates there are: what strips weigh by what one of them does. */
function countWithin({ strips, stripOf, width }: Profile, { low, high }: { low: number; high: number }): number {
  const [first, last] = [Math.max(0, stripOf(high)), stripOf(low)];
  const nextStrip = Math.exp(width);
  let [count, tokensByWeight] = [0, Math.exp(first * width)];
  for (let strip = first; strip <= last; strip++, tokensByWeight *= nextStrip) count += strips[strip]! * tokensByWeight;
  return count;
}

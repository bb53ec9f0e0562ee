import { logitRanks } from "./distances-of.ts";
import { lastOfBest } from "./last-of-best.ts";
import { STRIP } from "./spread.ts";
import { type Survey, tokensFrom, tokensUpTo } from "./survey.ts";
import { FARTHEST } from "./weight.ts";

/** The ids of the `k` largest logits, ascending; of equal ones the lowest ids. `-Infinity` is never among them. */
export function selectTop(surveyed: Survey, k: number): Uint32Array {
  if (k === 0) return new Uint32Array(0);
  const ids = tokensFrom(surveyed, leastOfTop(surveyed, k));
  if (ids.length <= k) return ids;
  const ranks = logitRanks(surveyed, ids);
  const last = lastOfBest({ ranks, weights: new Float64Array(ids.length).fill(1) }, k);
  return tokensUpTo(surveyed, ids[last]!);
}

// --- internal ---

/** A logit that `k` tokens or more reach, found by counting; `-Infinity` if there are not as many near the largest. */
function leastOfTop({ logits, max, maxima }: Survey, k: number): number {
  // Each block's largest logit stands for one token, which is all that a small k needs.
  const values = k <= maxima.length / 2 ? maxima : logits;
  const counts = new Uint32Array(FARTHEST / STRIP);
  for (let i = 0; i < values.length; i++) {
    const strip = (max - values[i]!) / STRIP;
    if (strip < counts.length) counts[strip | 0]!++;
  }
  let count = 0;
  const last = counts.findIndex((inStrip) => {
    count += inStrip;
    return count >= k;
  });
  return last === -1 ? Number.NEGATIVE_INFINITY : max - (last + 1) * STRIP;
}

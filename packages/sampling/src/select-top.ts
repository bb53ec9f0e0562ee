import type { Candidates } from "./candidates.ts";
import { following } from "./float32.ts";
import { keepBest, keepFirst, keepUpTo, lastOfFound } from "./keep-best.ts";
import { profileCounts } from "./profile.ts";

/** Strips into which the largest logits of blocks are counted. */
const STRIPS = 1024;

/** The ids of the `k` largest logits, ascending; of equal ones the lowest ids. `-Infinity` is never among them. */
export function selectTop(candidates: Candidates, k: number): Uint32Array {
  if (k === 0) return new Uint32Array(0);
  keepTop(candidates, k);
  return Uint32Array.from(candidates.ids);
}

/** Keeps the `k` largest logits, 1 or more; of equal ones the lowest ids. `-Infinity` is never among them. */
export function keepTop(candidates: Candidates, k: number): void {
  if (!Number.isFinite(candidates.max)) candidates.keep({});
  if (candidates.min === candidates.max) {
    keepFirst(candidates, k);
    return;
  }
  if (k > candidates.maxima.length / 2 && k < candidates.count) {
    keepBest(candidates, profileCounts(candidates), { target: k, weightOf: one });
    return;
  }
  candidates.keep({ low: leastOfTop(candidates, k) });
  if (candidates.count <= k) return;
  const least = candidates.min;
  const above = candidates.find({ low: following(least) });
  const missing = k - above.places.length;
  if (missing <= 0) keepUpTo(candidates, lastOfFound(above, k, one));
  else keepUpTo(candidates, candidates.find({ low: least, high: least }).places[missing - 1]!);
}

// --- internal ---

const one = (): number => 1;

/** A logit that `k` tokens or more reach: each block's largest stands for one. `-Infinity` if there are not as many. */
function leastOfTop({ maxima, max }: Candidates, k: number): number {
  let min = max;
  for (let i = 0; i < maxima.length; i++) {
    if (maxima[i]! < min && maxima[i]! > Number.NEGATIVE_INFINITY) min = maxima[i]!;
  }
  const stripsPerUnit = min < max ? (STRIPS - 1) / (max - min) : 1;
  const counts = new Uint32Array(STRIPS);
  for (let i = 0; i < maxima.length; i++) {
    const strip = (max - maxima[i]!) * stripsPerUnit;
    if (strip < STRIPS) counts[strip | 0]!++;
  }
  let count = 0;
  for (let strip = 0; strip < STRIPS; strip++) {
    count += counts[strip]!;
    if (count >= k) return min < max ? max - (strip + 1) / stripsPerUnit : max;
  }
  return Number.NEGATIVE_INFINITY;
}

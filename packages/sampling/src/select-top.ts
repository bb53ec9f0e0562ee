import { bestOf } from "./best-of.ts";
import { pick } from "./selection.ts";
import { type Survey, tokensFrom } from "./survey.ts";

/** The ids of the `k` largest logits, ascending; of equal ones the lowest ids. `-Infinity` is never among them. */
export function selectTop(surveyed: Survey, k: number): Uint32Array {
  if (k === 0) return new Uint32Array(0);
  const ids = tokensFrom(surveyed, leastOfTop(surveyed, k));
  if (ids.length <= k) return ids;
  const ranks = Float64Array.from(pick(surveyed.logits, ids), (logit) => -logit);
  return bestOf({ ids, ranks, weights: new Float64Array(ids.length).fill(1) }, { target: k });
}

// --- internal ---

/** A logit that `k` tokens or more reach, if there are as many: `k` blocks have a largest one that does. */
function leastOfTop({ maxima }: Survey, k: number): number {
  return maxima.slice().sort().at(-k) ?? Number.NEGATIVE_INFINITY;
}

import type { Survey } from "./survey.ts";
import { FARTHEST, STEPS_PER_UNIT, WEIGHTS, weight } from "./weight.ts";

/** How far below the largest logit each token lies. */
export function distancesOf({ logits, max }: Survey, ids: Uint32Array): Float64Array {
  const distances = new Float64Array(ids.length);
  for (let i = 0; i < ids.length; i++) distances[i] = max - logits[ids[i]!]!;
  return distances;
}

/** Ranks by which the largest logit is the best: not the distances, which round different logits to the same number. */
export function logitRanks({ logits }: Survey, ids: Uint32Array): Float64Array {
  const ranks = new Float64Array(ids.length);
  for (let i = 0; i < ids.length; i++) ranks[i] = -logits[ids[i]!]!;
  return ranks;
}

/** exp(-distance), the weight of a token at that distance; 0 from where it is negligible. */
export function weightsOf(distances: Float64Array): Float64Array {
  const weights = new Float64Array(distances.length);
  for (let i = 0; i < weights.length; i++) {
    if (distances[i]! < FARTHEST) weights[i] = weight(WEIGHTS, distances[i]! * STEPS_PER_UNIT);
  }
  return weights;
}

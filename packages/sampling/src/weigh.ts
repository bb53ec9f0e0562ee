import { FARTHEST, STEPS_PER_UNIT, weight } from "./weight.ts";

/** exp(-distance) of each distance below the largest logit, 0 from where it is negligible. */
export function weigh(distances: Float64Array): Float64Array {
  return distances.map((distance) => (distance < FARTHEST ? weight(distance * STEPS_PER_UNIT) : 0));
}

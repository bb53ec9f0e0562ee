import { softmax } from "./softmax.ts";

/** The index at which the cumulated probability passes `u` in [0, 1): index `i` is drawn with `P(i)`. */
export function draw(logits: Float32Array, u: number): number {
  const probabilities = softmax(logits);
  let sum = 0;
  let last = 0;
  for (let i = 0; i < probabilities.length; i++) {
    if (probabilities[i] === 0) continue;
    sum += probabilities[i]!;
    if (u < sum) return i;
    last = i;
  }
  return last; // rounding left the sum a hair below 1
}

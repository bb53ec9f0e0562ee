import { argmax } from "./argmax.ts";

/** `P(t) = exp(logit(t)) / sum`, in double. Excluded tokens have 0. The logits must be finite or `-Infinity`, one finite. */
export function softmax(logits: Float32Array): Float64Array {
  const probabilities = new Float64Array(logits.length);
  const max = logits[argmax(logits)] ?? 0;
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    if (logits[i] === Number.NEGATIVE_INFINITY) continue; // most tokens, after a filter: spares the exp
    const weight = Math.exp(logits[i]! - max);
    probabilities[i] = weight;
    sum += weight;
  }
  for (let i = 0; i < probabilities.length; i++) probabilities[i]! /= sum;
  return probabilities;
}

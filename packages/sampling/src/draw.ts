import { BLOCK, type Survey } from "./survey.ts";
import { FARTHEST_STEP, STEPS_PER_UNIT, weight } from "./weight.ts";

/**
 * The index at which the cumulated probability passes `u` in [0, 1): index `i` is drawn with `P(i)`, where P is of the
 * logits divided by `temperature`, above 0. The largest logit must be finite.
 */
export function draw({ logits, max, maxima }: Survey, u: number, temperature = 1): number {
  // The largest distance is 0, and 0 * Infinity is no number.
  const scale = Math.min(STEPS_PER_UNIT / temperature, Number.MAX_VALUE);
  const weightOf = (logit: number): number => {
    const steps = (max - logit) * scale;
    return steps < FARTHEST_STEP ? weight(steps) : 0;
  };
  const sums = new Float64Array(maxima.length);
  let total = 0;
  for (let block = 0; block < sums.length; block++) {
    const end = Math.min(logits.length, (block + 1) * BLOCK);
    let sum = 0;
    for (let i = block * BLOCK; i < end; i++) sum += weightOf(logits[i]!);
    sums[block] = sum;
    total += sum;
  }

  let block = 0;
  let sum = 0;
  while (block < sums.length - 1 && sum + sums[block]! <= u * total) sum += sums[block++]!;
  let last = 0;
  for (let i = block * BLOCK; i < logits.length; i++) {
    const weight = weightOf(logits[i]!);
    if (weight === 0) continue;
    sum += weight;
    if (u * total < sum) return i;
    last = i;
  }
  return last; // rounding left the sum a hair below the total
}

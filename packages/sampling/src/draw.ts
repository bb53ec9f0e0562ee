import { BLOCK, type Survey } from "./survey.ts";
import { FARTHEST_STEP, STEPS_PER_UNIT, WEIGHTS, weight } from "./weight.ts";

/**
 * The index at which the cumulated probability passes `u` in [0, 1): index `i` is drawn with `P(i)`, where P is of the
 * logits divided by `temperature`, above 0. The largest logit must be finite.
 */
export function draw({ logits, max, maxima }: Survey, u: number, temperature = 1): number {
  // The largest distance is 0, and 0 * Infinity is no number.
  const scale = Math.min(STEPS_PER_UNIT / temperature, Number.MAX_VALUE);
  const sums = new Float64Array(maxima.length);
  let total = 0;
  for (let block = 0; block < sums.length; block++) {
    sums[block] = blockWeight(logits, block, max, scale);
    total += sums[block]!;
  }

  let block = 0;
  let sum = 0;
  while (block < sums.length - 1 && sum + sums[block]! <= u * total) sum += sums[block++]!;
  let last = 0;
  for (let i = block * BLOCK; i < logits.length; i++) {
    const steps = (max - logits[i]!) * scale;
    if (!(steps < FARTHEST_STEP)) continue;
    sum += weight(WEIGHTS, steps);
    if (u * total < sum) return i;
    last = i;
  }
  return last; // rounding left the sum a hair below the total
}

// --- internal ---

/** The weight of a block; two sums, since one would wait for itself. */
function blockWeight(logits: Float32Array, block: number, max: number, scale: number): number {
  const table = WEIGHTS;
  const farthest = 32_768 satisfies typeof FARTHEST_STEP; // a number, as in `spread`
  const end = Math.min(logits.length, (block + 1) * BLOCK);
  let sum = 0;
  let other = 0;
  let i = block * BLOCK;
  for (; i + 1 < end; i += 2) {
    const a = (max - logits[i]!) * scale;
    if (a < farthest) sum += weight(table, a);
    const b = (max - logits[i + 1]!) * scale;
    if (b < farthest) other += weight(table, b);
  }
  for (; i < end; i++) {
    const a = (max - logits[i]!) * scale;
    if (a < farthest) sum += weight(table, a);
  }
  return sum + other;
}

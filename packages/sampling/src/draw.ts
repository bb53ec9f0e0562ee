import type { Candidates } from "./candidates.ts";
import { NEGLIGIBLE_POWER, weigh } from "./weigh.ts";
import { BLOCK } from "./workspace.ts";

/**
 * The id at which the cumulated probability passes `u` in [0, 1): id `i` is drawn with `P(i)`, where P is of the
 * logits divided by `temperature`, above 0. The largest logit must be finite.
 */
export function draw(candidates: Candidates, u: number, temperature = 1): number {
  // The largest distance is 0, and 0 * Infinity is no number.
  const scale = Math.min(Math.LOG2E / temperature, Number.MAX_VALUE);
  const { total, sums } = weigh(candidates, scale);
  const { logits, max } = candidates;
  let block = 0;
  let sum = 0;
  while (block < sums.length - 1 && sum + sums[block]! <= u * total) sum += sums[block++]!;
  let last = 0;
  for (let i = block * BLOCK; i < logits.length; i++) {
    const power = (logits[i]! - max) * scale;
    if (!(power > NEGLIGIBLE_POWER)) continue;
    sum += 2 ** power;
    if (u * total < sum) return candidates.idAt(i);
    last = i;
  }
  return candidates.idAt(last); // rounding left the sum a hair below the total
}

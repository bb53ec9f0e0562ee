import type { Survey } from "./survey.ts";
import { FARTHEST, type FARTHEST_STEP, type STEPS_PER_UNIT, WEIGHTS, weight } from "./weight.ts";

/** Width of a strip, 16 steps: few tokens share one, and all sums stay in the processor's first cache. */
export const STRIP = 1 / 32;

/** How much weight, exp(logit - largest logit), lies how far below the largest logit. */
export interface Spread {
  /** The weight of the tokens at distances `[i * STRIP, (i + 1) * STRIP)` below the largest logit. */
  readonly strips: Float64Array;
  /** The weight of all tokens. */
  readonly total: number;
  /** The mean distance below the largest logit, by P. */
  readonly meanDistance: number;
}

/**
 * Weighs every token once. The largest logit must be finite. Two tokens at a time go into sums of their own: a sum that
 * waits for the one before takes up to three times as long.
 */
export function spread({ logits, max }: Survey): Spread {
  const table = WEIGHTS;
  // As numbers, which the compiler folds; those of a bundled module are variables, and a fifth slower.
  const perUnit = 512 satisfies typeof STEPS_PER_UNIT;
  const farthest = 32_768 satisfies typeof FARTHEST_STEP;
  const strips = new Float64Array(FARTHEST / STRIP);
  const others = new Float64Array(strips.length);
  let moment = 0;
  let otherMoment = 0;
  const pairsEnd = logits.length & ~1;
  for (let i = 0; i < pairsEnd; i += 2) {
    const a = (max - logits[i]!) * perUnit;
    if (a < farthest) {
      const w = weight(table, a);
      strips[(a | 0) >> 4]! += w;
      moment += w * a;
    }
    const b = (max - logits[i + 1]!) * perUnit;
    if (b < farthest) {
      const w = weight(table, b);
      others[(b | 0) >> 4]! += w;
      otherMoment += w * b;
    }
  }
  const last = (max - (logits[pairsEnd] ?? Number.NEGATIVE_INFINITY)) * perUnit;
  if (last < farthest) {
    const w = weight(table, last);
    strips[(last | 0) >> 4]! += w;
    moment += w * last;
  }
  let total = 0;
  for (let i = 0; i < strips.length; i++) total += strips[i]! += others[i]!;
  return { strips, total, meanDistance: (moment + otherMoment) / perUnit / total };
}

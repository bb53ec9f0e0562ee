import type { Survey } from "./survey.ts";
import { FARTHEST, FARTHEST_STEP, STEPS_PER_UNIT, weight } from "./weight.ts";

/** Width of a strip: few tokens share one, and all sums stay in the processor's first cache. */
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

/** Weighs every token once. The largest logit must be finite. */
export function spread({ logits, max }: Survey): Spread {
  const strips = new Float64Array(FARTHEST / STRIP);
  let moment = 0;
  for (let i = 0; i < logits.length; i++) {
    const steps = (max - logits[i]!) * STEPS_PER_UNIT;
    if (!(steps < FARTHEST_STEP)) continue;
    const w = weight(steps);
    strips[(steps | 0) >> 4]! += w; // 16 steps are a strip
    moment += w * steps;
  }
  const total = strips.reduce((sum, w) => sum + w, 0);
  return { strips, total, meanDistance: moment / STEPS_PER_UNIT / total };
}

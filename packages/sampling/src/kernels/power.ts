/**
 * 2^y for y of at most 0, two at a time, which a vocabulary of 152k needs 152k times a token. With y = n / 512 + r, n the
 * nearest integer: the nine lower bits of n choose 2^(j / 512) from a table, the rest is added to the exponent's bits, and 2^r is
 * 1 + a r + b r^2. That is off by at most 1e-11 of itself, where 32-bit logits tell P to about 1e-6. A polynomial without a
 * table needs seven degrees and more registers than there are, and takes a tenth more time at least.
 */

import { type Code, f64, f64x2, i32x4, i64, i64x2, type Local, type ValueType, v128 } from "./assembler.ts";
import { POWERS } from "./memory-layout.ts";

/** Added to a number, leaves its nearest multiple of 1/512 in the lowest bits. */
const ROUNDING = 1.5 * 2 ** (52 - 9);
/** The polynomial goes through 2^r at 0 and at the ends, r = 2^-10 and -2^-10. */
const END = 2 ** -10;
const LINEAR = (2 ** END - 2 ** -END) / (2 * END);
const SQUARE = (2 ** END + 2 ** -END - 2) / (2 * END ** 2);

/** What stands at `POWERS`. */
export const powers = Float64Array.from({ length: 512 }, (_, j) => 2 ** (j / 512));

/** Locals of a function that uses `power`: constants stay in registers there, which saves up to a tenth of the time. */
export const powerLocals = {
  rounding: "v128",
  linear: "v128",
  square: "v128",
  one: "v128",
  mask: "v128",
  rounded: "v128",
  place: "v128",
} satisfies Record<string, ValueType>;

export type PowerLocals = Readonly<Record<keyof typeof powerLocals, Local>>;

export function setPowerLocals({ rounding, linear, square, one, mask }: PowerLocals): Code {
  return [
    rounding.set(splat(ROUNDING)),
    linear.set(splat(LINEAR)),
    square.set(splat(SQUARE)),
    one.set(splat(1)),
    mask.set(i64x2.splat(i64.constant(511 * 8))),
  ].flat();
}

/** Sets `y`, from -1000 to 0, to 2^y. */
export function power(y: Local, locals: PowerLocals): Code {
  const { rounding, linear, square, one, mask, rounded, place } = locals;
  const fromTable = v128.loadUpperHalf(
    i32x4.lane(place.get, 2),
    v128.loadHalf(i32x4.lane(place.get, 0), POWERS),
    POWERS,
  );
  const exponent = i64x2.shiftLeft(i64x2.shiftRight(rounded.get, 9), 52);
  const polynomial = f64x2.add(
    one.get,
    f64x2.multiply(y.get, f64x2.add(linear.get, f64x2.multiply(y.get, square.get))),
  );
  return [
    rounded.set(f64x2.add(y.get, rounding.get)),
    place.set(v128.and(i64x2.shiftLeft(rounded.get, 3), mask.get)),
    y.set(f64x2.subtract(y.get, f64x2.subtract(rounded.get, rounding.get))),
    y.set(f64x2.multiply(i64x2.add(fromTable, exponent), polynomial)),
  ].flat();
}

/** A number in both lanes. */
export function splat(x: number): Code {
  return f64x2.splat(f64.constant(x));
}

import {
  type Code,
  type FunctionDefinition,
  f64,
  f64x2,
  i32,
  localsOf,
  repeatWhile,
  type ValueType,
  v128,
} from "./assembler.ts";
import { RESULTS } from "./memory-layout.ts";

const PARAMETERS = { logits: "i32", end: "i32", max: "f64" } satisfies Record<string, ValueType>;
const LOCALS = {
  largest: "v128",
  infinity: "v128",
  one: "v128",
  count: "v128",
  sum: "v128",
  squares: "v128",
  distance: "v128",
  counts: "v128",
} satisfies Record<string, ValueType>;
const { logits, end, max, largest, infinity, one, count, sum, squares, distance, counts } = localsOf({
  ...PARAMETERS,
  ...LOCALS,
});

/** How many logits are not `-Infinity`; stores the sums of their distances below `max` and of the squares at `RESULTS`. */
export const deviationKernel: FunctionDefinition = {
  name: "deviation",
  parameters: Object.values(PARAMETERS),
  locals: Object.values(LOCALS),
  result: "f64",
  body: [
    largest.set(f64x2.splat(max.get)),
    infinity.set(f64x2.splat(f64.constant(Number.POSITIVE_INFINITY))),
    one.set(f64x2.splat(f64.constant(1))),
    repeatWhile(
      i32.isLess(logits.get, end.get),
      ...[0, 8].map((offset) => lookAt(offset)),
      logits.set(i32.add(logits.get, i32.constant(16))),
    ),
    f64.store(i32.constant(RESULTS), f64x2.sum(sum.get)),
    f64.store(i32.constant(RESULTS + 8), f64x2.sum(squares.get)),
    f64x2.sum(count.get),
  ].flat(),
};

// --- internal ---

function lookAt(offset: number): Code {
  return [
    distance.set(f64x2.subtract(largest.get, f64x2.promote(v128.loadHalf(logits.get, offset)))),
    counts.set(f64x2.isLess(distance.get, infinity.get)),
    distance.set(v128.and(distance.get, counts.get)),
    count.set(f64x2.add(count.get, v128.and(counts.get, one.get))),
    sum.set(f64x2.add(sum.get, distance.get)),
    squares.set(f64x2.add(squares.get, f64x2.multiply(distance.get, distance.get))),
  ].flat();
}

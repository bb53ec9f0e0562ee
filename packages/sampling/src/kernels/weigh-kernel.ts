import {
  type Code,
  type FunctionDefinition,
  f32,
  f32x4,
  f64,
  i32,
  type Local,
  localsOf,
  repeatWhile,
  unless,
  type ValueType,
  v128,
} from "./assembler.ts";
import { acrossLanes, LEAST_POWER, power, powerLocals, setPowerLocals, splat } from "./power.ts";

const PARAMETERS = {
  logits: "i32",
  end: "i32",
  maxima: "i32",
  sums: "i32",
  from: "f32",
  max: "f32",
  scale: "f32",
} satisfies Record<string, ValueType>;
const LOCALS = {
  block: "i32",
  total: "f64",
  largest: "v128",
  factor: "v128",
  least: "v128",
  evenSum: "v128",
  oddSum: "v128",
  y: "v128",
  ...powerLocals,
} satisfies Record<string, ValueType>;
const locals = localsOf({ ...PARAMETERS, ...LOCALS });
const { logits, end, maxima, sums, from, max, scale, block, total, largest, factor, least, evenSum, oddSum, y } =
  locals;

/**
 * The sum of 2^((logit - max) * scale) over whole blocks of 64 logits, from `logits` to `end`; stores that of each block
 * behind `sums`. A block whose largest logit, one of those at `maxima`, is below `from` counts as 0. Blocks are summed in single
 * precision, and their sums in double.
 */
export const weighKernel: FunctionDefinition = {
  name: "weigh",
  parameters: Object.values(PARAMETERS),
  locals: Object.values(LOCALS),
  result: "f64",
  body: [
    setPowerLocals(locals),
    largest.set(f32x4.splat(max.get)),
    factor.set(f32x4.splat(scale.get)),
    least.set(splat(LEAST_POWER)),
    repeatWhile(
      i32.isLess(logits.get, end.get),
      block.set(i32.add(logits.get, i32.constant(256))),
      evenSum.set(splat(0)),
      oddSum.set(evenSum.get),
      unless(
        f32.isLess(f32.load(maxima.get), from.get),
        repeatWhile(
          i32.isLess(logits.get, block.get),
          // Two sums, since one would wait for itself.
          addFour(0, evenSum),
          addFour(16, oddSum),
          logits.set(i32.add(logits.get, i32.constant(32))),
        ),
      ),
      logits.set(block.get),
      f64.store(sums.get, f64.promote(acrossLanes(f32x4.add(evenSum.get, oddSum.get)))),
      total.set(f64.add(total.get, f64.load(sums.get))),
      maxima.set(i32.add(maxima.get, i32.constant(4))),
      sums.set(i32.add(sums.get, i32.constant(8))),
    ),
    total.get,
  ].flat(),
};

// --- internal ---

function addFour(offset: number, into: Local): Code {
  const distance = f32x4.subtract(v128.load(logits.get, offset), largest.get);
  return [
    y.set(f32x4.most(f32x4.multiply(distance, factor.get), least.get)),
    power(y, locals),
    into.set(f32x4.add(into.get, y.get)),
  ].flat();
}

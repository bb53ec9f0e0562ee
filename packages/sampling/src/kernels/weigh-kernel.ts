import {
  type Code,
  type FunctionDefinition,
  f32,
  f64,
  f64x2,
  i32,
  type Local,
  localsOf,
  repeatWhile,
  unless,
  type ValueType,
  v128,
} from "./assembler.ts";
import { power, powerLocals, setPowerLocals, splat } from "./power.ts";

/** Smaller ones are as good as 0. */
const LEAST_POWER = -1000;

const PARAMETERS = {
  logits: "i32",
  end: "i32",
  maxima: "i32",
  sums: "i32",
  from: "f32",
  max: "f64",
  scale: "f64",
} satisfies Record<string, ValueType>;
const LOCALS = {
  block: "i32",
  total: "f64",
  largest: "v128",
  factor: "v128",
  least: "v128",
  sum: "v128",
  other: "v128",
  y: "v128",
  ...powerLocals,
} satisfies Record<string, ValueType>;
const locals = localsOf({ ...PARAMETERS, ...LOCALS });
const { logits, end, maxima, sums, from, max, scale, block, total, largest, factor, least, sum, other, y } = locals;

/**
 * The sum of 2^((logit - max) * scale) over whole blocks of 64 logits, from `logits` to `end`; stores that of each block
 * behind `sums`. A block whose largest logit, one of those at `maxima`, is below `from` counts as 0.
 */
export const weighKernel: FunctionDefinition = {
  name: "weigh",
  parameters: Object.values(PARAMETERS),
  locals: Object.values(LOCALS),
  result: "f64",
  body: [
    setPowerLocals(locals),
    largest.set(f64x2.splat(max.get)),
    factor.set(f64x2.splat(scale.get)),
    least.set(splat(LEAST_POWER)),
    repeatWhile(
      i32.isLess(logits.get, end.get),
      block.set(i32.add(logits.get, i32.constant(256))),
      sum.set(f64x2.splat(f64.constant(0))),
      other.set(sum.get),
      unless(
        f32.isLess(f32.load(maxima.get), from.get),
        repeatWhile(
          i32.isLess(logits.get, block.get),
          // Two sums, since one would wait for itself. More at a time are slower: the code leaves its own cache.
          ...[0, 8, 16, 24].map((offset) => addPair(offset, offset % 16 === 0 ? sum : other)),
          logits.set(i32.add(logits.get, i32.constant(32))),
        ),
      ),
      logits.set(block.get),
      sum.set(f64x2.add(sum.get, other.get)),
      f64.store(sums.get, f64.add(f64x2.lane(sum.get, 0), f64x2.lane(sum.get, 1))),
      total.set(f64.add(total.get, f64.load(sums.get))),
      maxima.set(i32.add(maxima.get, i32.constant(4))),
      sums.set(i32.add(sums.get, i32.constant(8))),
    ),
    total.get,
  ].flat(),
};

// --- internal ---

function addPair(offset: number, into: Local): Code {
  const distance = f64x2.subtract(f64x2.promote(v128.loadHalf(logits.get, offset)), largest.get);
  return [
    y.set(f64x2.most(f64x2.multiply(distance, factor.get), least.get)),
    power(y, locals),
    into.set(f64x2.add(into.get, y.get)),
  ].flat();
}

import {
  type Code,
  type FunctionDefinition,
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  localsOf,
  repeatWhile,
  type ValueType,
  v128,
} from "./assembler.ts";
import { RESULTS } from "./memory-layout.ts";
import { acrossLanes, FARTHEST, power, powerLocals, setPowerLocals, splat } from "./power.ts";

const PARAMETERS = { logits: "i32", end: "i32", max: "f32" } satisfies Record<string, ValueType>;
const LOCALS = {
  block: "i32",
  moment: "f64",
  largest: "v128",
  farthest: "v128",
  minusLog2e: "v128",
  firstSum: "v128",
  lastSum: "v128",
  blockMoment: "v128",
  distance: "v128",
  y: "v128",
  ...powerLocals,
} satisfies Record<string, ValueType>;
const locals = localsOf({ ...PARAMETERS, ...LOCALS });
const { logits, end, max, block, moment, largest, farthest, minusLog2e } = locals;
const { firstSum, lastSum, blockMoment, distance, y } = locals;

const addFour = (offset: number): Code =>
  [
    distance.set(f32x4.least(f32x4.subtract(largest.get, v128.load(logits.get, offset)), farthest.get)),
    y.set(f32x4.multiply(distance.get, minusLog2e.get)),
    power(y, locals),
    firstSum.set(f64x2.add(firstSum.get, f64x2.promote(y.get))),
    lastSum.set(f64x2.add(lastSum.get, f64x2.promoteLast(y))),
    blockMoment.set(f32x4.add(blockMoment.get, f32x4.multiply(y.get, distance.get))),
  ].flat();

/**
 * The sum of the weights that `profile` puts into strips, over whole blocks of 64 logits, to the last bits of it; stores the sum
 * of weight * distance, which is in single precision in a block, at `RESULTS`.
 */
export const totalKernel: FunctionDefinition = {
  name: "total",
  parameters: Object.values(PARAMETERS),
  locals: Object.values(LOCALS),
  result: "f64",
  body: [
    setPowerLocals(locals),
    largest.set(f32x4.splat(max.get)),
    farthest.set(splat(FARTHEST)),
    minusLog2e.set(splat(-Math.LOG2E)),
    repeatWhile(
      i32.isLess(logits.get, end.get),
      block.set(i32.add(logits.get, i32.constant(256))),
      blockMoment.set(f32x4.splat(f32.constant(0))),
      repeatWhile(
        i32.isLess(logits.get, block.get),
        addFour(0),
        addFour(16),
        logits.set(i32.add(logits.get, i32.constant(32))),
      ),
      moment.set(f64.add(moment.get, f64.promote(acrossLanes(blockMoment.get)))),
    ),
    f64.store(i32.constant(RESULTS), moment.get),
    f64x2.sum(f64x2.add(firstSum.get, lastSum.get)),
  ].flat(),
};

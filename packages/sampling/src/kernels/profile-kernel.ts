import {
  type Code,
  choose,
  type FunctionDefinition,
  f32,
  f64,
  f64x2,
  i32,
  i32x4,
  localsOf,
  repeatWhile,
  type ValueType,
  v128,
} from "./assembler.ts";
import { OTHER_STRIPS, RESULTS, STRIP_COUNT, STRIPS } from "./memory-layout.ts";
import { power, powerLocals, setPowerLocals, splat } from "./power.ts";

/** Added to a number, leaves its nearest integer in the lowest bits. */
export const TO_INTEGER = 1.5 * 2 ** 52;
/** From here on a weight is as good as 0. */
const FARTHEST = 690;

const PARAMETERS = {
  logits: "i32",
  end: "i32",
  maxima: "i32",
  from: "f32",
  max: "f64",
  stripsPerUnit: "f64",
} satisfies Record<string, ValueType>;
const LOCALS = {
  block: "i32",
  largest: "v128",
  perUnit: "v128",
  lastStrip: "v128",
  toInteger: "v128",
  farthest: "v128",
  minusLog2e: "v128",
  moment: "v128",
  rest: "v128",
  distance: "v128",
  strip: "v128",
  y: "v128",
  address: "i32",
  ...powerLocals,
} satisfies Record<string, ValueType>;
const locals = localsOf({ ...PARAMETERS, ...LOCALS });
const { logits, end, maxima, from, max, stripsPerUnit, block } = locals;
const { largest, perUnit, lastStrip, toInteger, farthest, minusLog2e } = locals;
const { moment, rest, distance, strip, y, address } = locals;

const setStrip = strip.set(
  f64x2.add(f64x2.least(f64x2.multiply(distance.get, perUnit.get), lastStrip.get), toInteger.get),
);
const setWeight = [
  distance.set(f64x2.least(distance.get, farthest.get)),
  y.set(f64x2.multiply(distance.get, minusLog2e.get)),
  power(y, locals),
  moment.set(f64x2.add(moment.get, f64x2.multiply(y.get, distance.get))),
].flat();

/**
 * Adds the weight of each logit, e^(logit - max), to the strip of its distance below `max`: the nearest integer to
 * distance * stripsPerUnit, or the last one. Even and odd logits have strips of their own, since a sum waits for the one
 * before. Where the largest logit of a block, one of those at `maxima`, is below `from`, its weights have no strip, which
 * saves a third of the time: their sum is stored at `RESULTS`. Returns the sum of weight * distance.
 */
export const profileKernel: FunctionDefinition = {
  name: "profile",
  parameters: Object.values(PARAMETERS),
  locals: Object.values(LOCALS),
  result: "f64",
  body: [
    setPowerLocals(locals),
    farthest.set(splat(FARTHEST)),
    minusLog2e.set(splat(-Math.LOG2E)),
    overBlocks(
      choose(
        f32.isLess(f32.load(maxima.get), from.get),
        overPairs(setWeight, rest.set(f64x2.add(rest.get, y.get))),
        overPairs(setStrip, setWeight, addToStrips(f64x2.lane(y.get, 0), f64x2.lane(y.get, 1))),
      ),
    ),
    f64.store(i32.constant(RESULTS), acrossLanes(rest.get)),
    acrossLanes(moment.get),
  ].flat(),
};

/** The same with 1 in place of the weights, of all blocks, and without sums. */
export const countKernel: FunctionDefinition = {
  name: "count",
  parameters: Object.values(PARAMETERS),
  locals: Object.values(LOCALS),
  result: "f64",
  body: [overBlocks(overPairs(setStrip, addToStrips(f64.constant(1), f64.constant(1)))), f64.constant(0)].flat(),
};

// --- internal ---

function overBlocks(body: Code): Code {
  return [
    largest.set(f64x2.splat(max.get)),
    perUnit.set(f64x2.splat(stripsPerUnit.get)),
    lastStrip.set(splat(STRIP_COUNT - 1)),
    toInteger.set(splat(TO_INTEGER)),
    repeatWhile(
      i32.isLess(logits.get, end.get),
      block.set(i32.add(logits.get, i32.constant(256))),
      body,
      maxima.set(i32.add(maxima.get, i32.constant(4))),
    ),
  ].flat();
}

/** Runs through a block two logits at a time; `distance` is theirs. */
function overPairs(...body: readonly Code[]): Code {
  const step = (offset: number): Code => [
    ...distance.set(f64x2.subtract(largest.get, f64x2.promote(v128.loadHalf(logits.get, offset)))),
    ...body.flat(),
  ];
  return repeatWhile(
    i32.isLess(logits.get, block.get),
    step(0),
    step(8),
    logits.set(i32.add(logits.get, i32.constant(16))),
  );
}

function addToStrips(even: Code, odd: Code): Code {
  const add = (lane: number, value: Code, strips: number): Code => [
    ...address.set(i32.shiftLeft(i32x4.lane(strip.get, lane), i32.constant(3))),
    ...f64.store(address.get, f64.add(f64.load(address.get, strips), value), strips),
  ];
  return [...add(0, even, STRIPS), ...add(2, odd, OTHER_STRIPS)];
}

function acrossLanes(vector: Code): Code {
  return f64.add(f64x2.lane(vector, 0), f64x2.lane(vector, 1));
}

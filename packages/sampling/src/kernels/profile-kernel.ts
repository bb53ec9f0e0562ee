import {
  type Code,
  choose,
  type FunctionDefinition,
  f32,
  f32x4,
  f64,
  i32,
  i32x4,
  localsOf,
  repeatWhile,
  type ValueType,
  v128,
} from "./assembler.ts";
import { OTHER_STRIPS, RESULTS, STRIP_COUNT, STRIPS } from "./memory-layout.ts";
import { acrossLanes, LEAST_POWER, power, powerLocals, setPowerLocals, splat, TO_INTEGER } from "./power.ts";

/** From here on a weight is as good as 0. */
const FARTHEST = Math.floor(-LEAST_POWER * Math.LN2);

const PARAMETERS = {
  logits: "i32",
  end: "i32",
  maxima: "i32",
  from: "f32",
  max: "f32",
  stripsPerUnit: "f32",
} satisfies Record<string, ValueType>;
const LOCALS = {
  block: "i32",
  moment: "f64",
  rest: "f64",
  largest: "v128",
  perUnit: "v128",
  lastStrip: "v128",
  stripBytes: "v128",
  farthest: "v128",
  minusLog2e: "v128",
  blockMoment: "v128",
  blockRest: "v128",
  distance: "v128",
  strip: "v128",
  y: "v128",
  address: "i32",
  ...powerLocals,
} satisfies Record<string, ValueType>;
const locals = localsOf({ ...PARAMETERS, ...LOCALS });
const { logits, end, maxima, from, max, stripsPerUnit, block, moment, rest, toInteger } = locals;
const { largest, perUnit, lastStrip, stripBytes, farthest, minusLog2e } = locals;
const { blockMoment, blockRest, distance, strip, y, address } = locals;

/** Where the strips' sums stand: the nearest integers, times the bytes of one. */
const setStrip: Code = [
  ...strip.set(f32x4.add(f32x4.least(f32x4.multiply(distance.get, perUnit.get), lastStrip.get), toInteger.get)),
  ...strip.set(v128.and(i32x4.shiftLeft(strip.get, 3), stripBytes.get)),
];
const setWeight: Code = [
  ...distance.set(f32x4.least(distance.get, farthest.get)),
  ...y.set(f32x4.multiply(distance.get, minusLog2e.get)),
  ...power(y, locals),
  ...blockMoment.set(f32x4.add(blockMoment.get, f32x4.multiply(y.get, distance.get))),
];

/**
 * Adds the weight of each logit, e^(logit - max), to the strip of its distance below `max`: the nearest integer to
 * distance * stripsPerUnit, or the last one. Even and odd logits have strips of their own, since a sum waits for the one
 * before. Where the largest logit of a block, one of those at `maxima`, is below `from`, its weights have no strip, which
 * saves most of the time: their sum is stored at `RESULTS`. Returns the sum of weight * distance.
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
      blockMoment.set(splat(0)),
      blockRest.set(blockMoment.get),
      choose(
        f32.isLess(f32.load(maxima.get), from.get),
        overFours(setWeight, blockRest.set(f32x4.add(blockRest.get, y.get))),
        overFours(
          setStrip,
          setWeight,
          addToStrips((lane) => f64.promote(f32x4.lane(y.get, lane))),
        ),
      ),
      moment.set(f64.add(moment.get, f64.promote(acrossLanes(blockMoment.get)))),
      rest.set(f64.add(rest.get, f64.promote(acrossLanes(blockRest.get)))),
    ),
    f64.store(i32.constant(RESULTS), rest.get),
    moment.get,
  ].flat(),
};

/** The same with 1 in place of the weights, of all blocks, and without sums. */
export const countKernel: FunctionDefinition = {
  name: "count",
  parameters: Object.values(PARAMETERS),
  locals: Object.values(LOCALS),
  result: "f64",
  body: [
    toInteger.set(splat(TO_INTEGER)),
    overBlocks(
      overFours(
        setStrip,
        addToStrips(() => f64.constant(1)),
      ),
    ),
    f64.constant(0),
  ].flat(),
};

// --- internal ---

function overBlocks(...body: readonly Code[]): Code {
  return [
    largest.set(f32x4.splat(max.get)),
    perUnit.set(f32x4.splat(stripsPerUnit.get)),
    lastStrip.set(splat(STRIP_COUNT - 1)),
    stripBytes.set(i32x4.splat(i32.constant((STRIP_COUNT - 1) * 8))),
    repeatWhile(
      i32.isLess(logits.get, end.get),
      block.set(i32.add(logits.get, i32.constant(256))),
      ...body,
      maxima.set(i32.add(maxima.get, i32.constant(4))),
    ),
  ].flat();
}

/** Runs through a block four logits at a time; `distance` is theirs. */
function overFours(...body: readonly Code[]): Code {
  return repeatWhile(
    i32.isLess(logits.get, block.get),
    distance.set(f32x4.subtract(largest.get, v128.load(logits.get))),
    ...body,
    logits.set(i32.add(logits.get, i32.constant(16))),
  );
}

function addToStrips(added: (lane: number) => Code): Code {
  return [0, 1, 2, 3].flatMap((lane) => {
    const strips = lane % 2 === 0 ? STRIPS : OTHER_STRIPS;
    return [
      ...address.set(i32x4.lane(strip.get, lane)),
      ...f64.store(address.get, f64.add(f64.load(address.get, strips), added(lane)), strips),
    ];
  });
}

import {
  type Code,
  type FunctionDefinition,
  f32x4,
  f64,
  i32,
  i32x4,
  localsOf,
  repeatWhile,
  type ValueType,
  v128,
} from "./assembler.ts";
import { OTHER_STRIPS, STRIP_COUNT, STRIPS } from "./memory-layout.ts";
import { FARTHEST, power, powerLocals, setPowerLocals, splat, TO_INTEGER } from "./power.ts";

const PARAMETERS = {
  logits: "i32",
  end: "i32",
  max: "f32",
  stripsPerUnit: "f32",
} satisfies Record<string, ValueType>;
const LOCALS = {
  largest: "v128",
  perUnit: "v128",
  lastStrip: "v128",
  stripBytes: "v128",
  farthest: "v128",
  minusLog2e: "v128",
  distance: "v128",
  strip: "v128",
  y: "v128",
  address: "i32",
  ...powerLocals,
} satisfies Record<string, ValueType>;
const locals = localsOf({ ...PARAMETERS, ...LOCALS });
const { logits, end, max, stripsPerUnit, toInteger, address } = locals;
const { largest, perUnit, lastStrip, stripBytes, farthest, minusLog2e, distance, strip, y } = locals;

/** Where the strips' sums stand: the nearest integers, times the bytes of one. */
const setStrip: Code = [
  ...strip.set(f32x4.add(f32x4.least(f32x4.multiply(distance.get, perUnit.get), lastStrip.get), toInteger.get)),
  ...strip.set(v128.and(i32x4.shiftLeft(strip.get, 3), stripBytes.get)),
];
const setWeight: Code = [
  ...y.set(f32x4.multiply(f32x4.least(distance.get, farthest.get), minusLog2e.get)),
  ...power(y, locals),
];

/**
 * Adds the weight of each logit, e^(logit - max), to the strip of its distance below `max`: the nearest integer to
 * distance * stripsPerUnit, or the last one. Even and odd logits have strips of their own, since a sum waits for the one
 * before. Returns 0.
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
    overFours(
      setStrip,
      setWeight,
      addToStrips((lane) => f64.promote(f32x4.lane(y.get, lane))),
    ),
    f64.constant(0),
  ].flat(),
};

/** The same with 1 in place of the weights. */
export const countKernel: FunctionDefinition = {
  name: "count",
  parameters: Object.values(PARAMETERS),
  locals: Object.values(LOCALS),
  result: "f64",
  body: [
    toInteger.set(splat(TO_INTEGER)),
    overFours(
      setStrip,
      addToStrips(() => f64.constant(1)),
    ),
    f64.constant(0),
  ].flat(),
};

// --- internal ---

/** Looks at four logits at a time; `distance` is theirs. */
function overFours(...body: readonly Code[]): Code {
  return [
    largest.set(f32x4.splat(max.get)),
    perUnit.set(f32x4.splat(stripsPerUnit.get)),
    lastStrip.set(splat(STRIP_COUNT - 1)),
    stripBytes.set(i32x4.splat(i32.constant((STRIP_COUNT - 1) * 8))),
    repeatWhile(
      i32.isLess(logits.get, end.get),
      distance.set(f32x4.subtract(largest.get, v128.load(logits.get))),
      ...body,
      logits.set(i32.add(logits.get, i32.constant(16))),
    ),
  ].flat();
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

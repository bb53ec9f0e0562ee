import {
  type Code,
  type FunctionDefinition,
  f32,
  f32x4,
  i8x16,
  i32,
  i32x4,
  localsOf,
  repeatWhile,
  unless,
  type ValueType,
  v128,
} from "./assembler.ts";
import { SHUFFLES } from "./memory-layout.ts";

/** What stands at `SHUFFLES`: for each set of four lanes, the bytes that bring them to the front. */
export const shuffles = Uint8Array.from({ length: 16 * 16 }, (_, i) => {
  const lanes = [0, 1, 2, 3].filter((lane) => (i >> 4) & (1 << lane));
  return 4 * (lanes[(i & 15) >> 2] ?? 0) + (i & 3);
});

const PARAMETERS = {
  logits: "i32",
  ids: "i32",
  end: "i32",
  maxima: "i32",
  toLogits: "i32",
  toIds: "i32",
  last: "i32",
  low: "f32",
  high: "f32",
  lowBehind: "f32",
  highBehind: "f32",
} satisfies Record<string, ValueType>;
const LOCALS = {
  start: "i32",
  step: "v128",
  lasts: "v128",
  lows: "v128",
  highs: "v128",
  lowsBehind: "v128",
  highsBehind: "v128",
  logit: "v128",
  id: "v128",
  chosen: "v128",
  lanes: "i32",
  count: "i32",
  block: "i32",
  lowest: "f32",
} satisfies Record<string, ValueType>;
const locals = localsOf({ ...PARAMETERS, ...LOCALS });
const { start, step, logits, ids, end, maxima, toLogits, toIds, last, low, high, lowBehind, highBehind } = locals;
const { lasts, lows, highs, lowsBehind, highsBehind, logit, id, chosen, lanes, count, block, lowest } = locals;

/**
 * Writes the logits from `low` to `high`, behind the id `last` those from `lowBehind` to `highBehind`, and their ids,
 * without gaps; says how many. The goal may be the source, since what is written lies never in front of what is read. Four
 * go at a time, and no branch depends on them: a table says how to bring those that stay to the front. Blocks of 64 are
 * passed over where their largest logit, one of those at `maxima`, is too small.
 */
export const packKernel = kernelOf("pack", {
  startBlock: [],
  load: id.set(v128.load(ids.get)),
  next: ids.set(add(ids.get, i32.constant(16))),
  // A block that was passed over leaves the address behind.
  endBlock: ids.set(add(ids.get, i32.subtract(block.get, logits.get))),
});

/** The same where ids are places, `ids` being that of the first logit: half as much memory to read. */
export const packPlacesKernel = kernelOf("packPlaces", {
  startBlock: id.set(
    i32x4.add(
      i32x4.splat(add(ids.get, i32.shiftRight(i32.subtract(logits.get, start.get), i32.constant(2)))),
      i32x4.constant([0, 1, 2, 3]),
    ),
  ),
  load: [],
  next: id.set(i32x4.add(id.get, step.get)),
  endBlock: [],
});

// --- internal ---

function add(a: Code, b: Code): Code {
  return i32.add(a, b);
}

function toFront(vector: Code): Code {
  return i8x16.swizzle(vector, v128.load(i32.shiftLeft(lanes.get, i32.constant(4)), SHUFFLES));
}

/** Where the ids come from. */
interface IdSource {
  readonly startBlock: Code;
  readonly load: Code;
  readonly next: Code;
  readonly endBlock: Code;
}

function kernelOf(name: string, source: IdSource): FunctionDefinition {
  const packFour = [
    logit.set(v128.load(logits.get)),
    source.load,
    chosen.set(i32x4.isAtMost(id.get, lasts.get)),
    chosen.set(
      v128.and(
        f32x4.isAtLeast(logit.get, v128.select(lows.get, lowsBehind.get, chosen.get)),
        f32x4.isAtMost(logit.get, v128.select(highs.get, highsBehind.get, chosen.get)),
      ),
    ),
    lanes.set(i32x4.bitmask(chosen.get)),
    v128.store(add(toLogits.get, count.get), toFront(logit.get)),
    v128.store(add(toIds.get, count.get), toFront(id.get)),
    count.set(add(count.get, i32.shiftLeft(i32.countOnes(lanes.get), i32.constant(2)))),
    logits.set(add(logits.get, i32.constant(16))),
    source.next,
  ].flat();
  return {
    name,
    parameters: Object.values(PARAMETERS),
    locals: Object.values(LOCALS),
    result: "i32",
    body: [
      start.set(logits.get),
      step.set(i32x4.splat(i32.constant(4))),
      lasts.set(i32x4.splat(last.get)),
      lows.set(f32x4.splat(low.get)),
      highs.set(f32x4.splat(high.get)),
      lowsBehind.set(f32x4.splat(lowBehind.get)),
      highsBehind.set(f32x4.splat(highBehind.get)),
      lowest.set(f32.min(low.get, lowBehind.get)),
      repeatWhile(
        i32.isLess(logits.get, end.get),
        block.set(add(logits.get, i32.constant(256))),
        unless(
          f32.isLess(f32.load(maxima.get), lowest.get),
          source.startBlock,
          repeatWhile(i32.isLess(logits.get, block.get), packFour),
        ),
        source.endBlock,
        logits.set(block.get),
        maxima.set(add(maxima.get, i32.constant(4))),
      ),
      i32.shiftRight(count.get, i32.constant(2)),
    ].flat(),
  };
}

import { type FunctionDefinition, f32, f32x4, i32, i32x4, localsOf, repeatWhile, v128 } from "./assembler.ts";
import { RESULTS } from "./memory-layout.ts";

const { logits, end, maxima, block, max, min, best, broken, excluded, isExcluded, next } = localsOf({
  logits: "i32",
  end: "i32",
  maxima: "i32",
  block: "i32",
  max: "v128",
  min: "v128",
  best: "v128",
  broken: "v128",
  excluded: "v128",
  isExcluded: "v128",
  next: "v128",
});

const lowest = f32x4.splat(f32.constant(Number.NEGATIVE_INFINITY));

/**
 * The largest of whole blocks of 64 logits, 32-bit numbers from `logits` to `end`; stores that of each block behind `maxima`.
 * Stores the smallest one that is not `-Infinity`, then an integer that is not 0 if one is NaN, and one that
 * is not 0 if one is `-Infinity`, at `RESULTS`.
 */
export const surveyKernel: FunctionDefinition = {
  name: "survey",
  parameters: ["i32", "i32", "i32"],
  locals: ["i32", "v128", "v128", "v128", "v128", "v128", "v128", "v128"],
  result: "f32",
  body: [
    max.set(lowest),
    min.set(f32x4.splat(f32.constant(Number.POSITIVE_INFINITY))),
    repeatWhile(
      i32.isLess(logits.get, end.get),
      best.set(lowest),
      block.set(i32.add(logits.get, i32.constant(256))),
      repeatWhile(
        i32.isLess(logits.get, block.get),
        ...[0, 16, 32, 48].map((offset) => lookAt(offset)),
        logits.set(i32.add(logits.get, i32.constant(64))),
      ),
      max.set(f32x4.most(max.get, best.get)),
      f32.store(maxima.get, acrossLanes(f32.max, best.get)),
      maxima.set(i32.add(maxima.get, i32.constant(4))),
    ),
    f32.store(i32.constant(RESULTS), acrossLanes(f32.min, min.get)),
    i32.store(i32.constant(RESULTS + 4), i32x4.bitmask(broken.get)),
    i32.store(i32.constant(RESULTS + 8), i32x4.bitmask(excluded.get)),
    acrossLanes(f32.max, max.get),
  ].flat(),
};

// --- internal ---

function lookAt(offset: number): readonly number[] {
  return [
    next.set(v128.load(logits.get, offset)),
    best.set(f32x4.most(best.get, next.get)),
    isExcluded.set(f32x4.isEqual(next.get, lowest)),
    // All bits set are a NaN, which `least` passes over.
    min.set(f32x4.least(min.get, v128.or(next.get, isExcluded.get))),
    excluded.set(v128.or(excluded.get, isExcluded.get)),
    broken.set(v128.or(broken.get, f32x4.isNotEqual(next.get, next.get))),
  ].flat();
}

function acrossLanes(combine: typeof f32.max, vector: readonly number[]): readonly number[] {
  const [a, b, c, d] = [0, 1, 2, 3].map((lane) => f32x4.lane(vector, lane)) as [number[], number[], number[], number[]];
  return combine(combine(a, b), combine(c, d));
}

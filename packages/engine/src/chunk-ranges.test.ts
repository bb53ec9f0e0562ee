import fc from "fast-check";
import { expect, test } from "vitest";
import { chunkRanges } from "./chunk-ranges.ts";

test("ranges cover all tokens in order, none above the size, none of one token", () => {
  fc.assert(
    fc.property(fc.nat(50), fc.integer({ min: 2, max: 500 }), fc.integer({ min: 3, max: 20 }), (start, count, size) => {
      const ranges = chunkRanges(start, start + count, size);

      expect(ranges.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i))).toEqual(
        Array.from({ length: count }, (_, i) => start + i),
      );
      expect(ranges.every(([from, to]) => to - from >= 2 && to - from <= size)).toBe(true);
    }),
  );
});

test("single tokens come where they must", () => {
  expect(chunkRanges(0, 1, 512)).toEqual([[0, 1]]);
  expect(chunkRanges(0, 2, 1)).toEqual([
    [0, 1],
    [1, 2],
  ]);
});

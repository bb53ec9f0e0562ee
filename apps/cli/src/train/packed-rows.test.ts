import fc from "fast-check";
import { expect, test } from "vitest";
import { packedRows } from "./packed-rows.ts";

test.each([
  ["nothing", [], 0],
  ["one that fits", [5], 1],
  ["two that fill a row", [6, 4], 1],
  ["two that do not fit together", [6, 5], 2],
  ["the largest that fits goes first", [5, 2, 5, 3], 2],
  ["one longer than a row, cut with one token shared", [19], 2],
  ["one token, of which nothing is learnt", [1], 0],
])("%s", (_, lengths, rows) => {
  expect(packedRows(lengths, 10)).toBe(rows);
});

test("rows are never fewer than the tokens need, nor more than the sequences", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 2, max: 32 }), { maxLength: 300 }), (lengths) => {
      const rows = packedRows(lengths, 32);

      expect(rows).toBeGreaterThanOrEqual(Math.ceil(lengths.reduce((sum, length) => sum + length, 0) / 32));
      expect(rows).toBeLessThanOrEqual(lengths.length);
    }),
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { uniform } from "./uniform.ts";

/** Chi-square of 64 equally probable cells; 63 degrees of freedom pass 129.6 by chance once in 10^6. */
function chiSquareOf64(cells: Iterable<number>): number {
  const counts = new Array<number>(64).fill(0);
  let total = 0;
  for (const cell of cells) {
    counts[cell]!++;
    total++;
  }
  const expected = total / 64;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

const LIMIT = 129.6;
const numbers = Array.from({ length: 32_768 }, (_, i) => i);

test("numbers lie in [0, 1) for any seed and position", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.maxSafeNat(), (seed, position) => {
      const u = uniform(seed, position);
      expect(u >= 0 && u < 1).toBe(true);
    }),
  );
});

test("positions of one seed spread evenly", () => {
  expect(chiSquareOf64(numbers.map((position) => Math.floor(64 * uniform(1, position))))).toBeLessThan(LIMIT);
});

test("seeds at one position spread evenly", () => {
  expect(chiSquareOf64(numbers.map((seed) => Math.floor(64 * uniform(seed, 100))))).toBeLessThan(LIMIT);
});

test("neighbouring positions are independent", () => {
  const pair = (i: number): number => Math.floor(8 * uniform(3, 2 * i)) * 8 + Math.floor(8 * uniform(3, 2 * i + 1));

  expect(chiSquareOf64(numbers.map(pair))).toBeLessThan(LIMIT);
});

test("neighbouring seeds are independent", () => {
  const pair = (i: number): number => Math.floor(8 * uniform(2 * i, 9)) * 8 + Math.floor(8 * uniform(2 * i + 1, 9));

  expect(chiSquareOf64(numbers.map(pair))).toBeLessThan(LIMIT);
});

test("every bit of a seed and of a position matters", () => {
  const bits = Array.from({ length: 53 }, (_, bit) => 2 ** bit);
  const values = [uniform(0, 0), ...bits.map((bit) => uniform(bit, 0)), ...bits.map((bit) => uniform(0, bit))];

  expect(new Set([...values, uniform(-1, 0)]).size).toBe(108);
});

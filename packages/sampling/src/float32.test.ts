import fc from "fast-check";
import { expect, test } from "vitest";
import { following, LARGEST, roundDown, roundUp, smallestWhere } from "./float32.ts";

const anyFloat = fc.float({ noNaN: true, noDefaultInfinity: true });
const anyDouble = fc.double({ min: -3e38, max: 3e38, noNaN: true });

test("nothing lies between a number and the following one", () => {
  fc.assert(
    fc.property(anyFloat, (x) => {
      const next = following(x);

      expect(next).toBeGreaterThan(x);
      expect([x, next]).toContain(Math.fround((x + next) / 2) + 0);
    }),
  );
});

test("rounding up and down gives the nearest 32-bit numbers on either side", () => {
  fc.assert(
    fc.property(anyDouble, (x) => {
      expect(roundUp(x)).toBeGreaterThanOrEqual(x);
      expect(roundDown(x)).toBeLessThanOrEqual(x);
      expect(roundDown(x) === x || following(roundDown(x)) === roundUp(x)).toBe(true);
    }),
  );
});

test("the smallest number for which something holds is found by halves", () => {
  fc.assert(
    fc.property(anyDouble, (x) => {
      expect(smallestWhere((y) => y >= x)).toBe(roundUp(x) + 0);
    }),
  );
  expect(smallestWhere(() => true)).toBe(-LARGEST);
  expect(smallestWhere(() => false)).toBe(Number.POSITIVE_INFINITY);
});

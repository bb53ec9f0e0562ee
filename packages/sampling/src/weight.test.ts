import fc from "fast-check";
import { expect, test } from "vitest";
import { FARTHEST, FARTHEST_STEP, STEPS_PER_UNIT, WEIGHTS, weight } from "./weight.ts";

test("a weight is exp to 1.6e-10 of itself, at every distance", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: FARTHEST, maxExcluded: true, noNaN: true }), (distance) => {
      const exact = Math.exp(-distance);

      expect(Math.abs(weight(WEIGHTS, distance * STEPS_PER_UNIT) - exact) / exact).toBeLessThan(1.6e-10);
    }),
    { numRuns: 2000 },
  );
});

test("the farthest step is the farthest distance", () => {
  expect(FARTHEST_STEP).toBe(FARTHEST * STEPS_PER_UNIT);
  expect(WEIGHTS).toHaveLength(FARTHEST_STEP);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { profileWeights } from "./profile.ts";
import { survey } from "./survey.ts";
import { totalWeight } from "./total-weight.ts";
import { weigh } from "./weigh.ts";

const anyDistance = fc.float({ min: 0, max: 60, noNaN: true });

test("a weight is exp as closely as single precision tells distances apart", () => {
  fc.assert(
    fc.property(anyDistance, (distance) => {
      // The one token of the second block; the best one is alone in the first.
      const logits = new Float32Array(65).fill(Number.NEGATIVE_INFINITY);
      logits[0] = 0;
      logits[64] = -distance;
      const exact = Math.exp(-distance);

      const [, weight] = weigh(survey(logits), Math.LOG2E).sums;

      // The polynomial's share, and what rounding the exponent changes.
      expect(Math.abs(weight! - exact) / exact).toBeLessThan(2e-7 + 1.3e-7 * distance);
    }),
    { numRuns: 2000 },
  );
});

test("the best token weighs exactly 1", () => {
  expect(weigh(survey(Float32Array.of(-7.3)), Math.LOG2E).total).toBe(1);
});

test("the sums are those of the plain definition, in any place and at any size", () => {
  fc.assert(
    fc.property(fc.array(anyDistance, { minLength: 1, maxLength: 300 }), fc.constantFrom(0.5, 1, 3), (distances, t) => {
      const logits = Float32Array.from([...distances, 0], (distance) => 5 - distance);
      const expected = logits.reduce((sum, logit) => sum + Math.exp((logit - 5) / t), 0);

      const { total, sums } = weigh(survey(logits), Math.LOG2E / t);

      expect(Math.abs(total / expected - 1)).toBeLessThan(1e-6);
      expect(sums.reduce((a, b) => a + b)).toBeCloseTo(total, 9);
    }),
  );
});

test("the total and a profile have the same sum, and the mean distance is that of the plain definition", () => {
  fc.assert(
    fc.property(fc.array(anyDistance, { minLength: 1, maxLength: 300 }), (distances) => {
      const logits = Float32Array.from([...distances, 0, Number.POSITIVE_INFINITY], (distance) => 5 - distance);
      const P = logits.map((logit) => Math.exp(logit - 5));
      const total = Array.from(logits, (logit) => Math.exp(logit - 5)).reduce((a, b) => a + b);
      const moment = Array.from(logits, (logit, i) => (P[i] === 0 ? 0 : (5 - logit) * Math.exp(logit - 5)));

      const weight = totalWeight(survey(logits));

      expect(Math.abs(weight.total / total - 1)).toBeLessThan(1e-6);
      // Nearly to the last bit: what of a profile reaches a share of the total depends on it.
      expect(profileWeights(survey(logits)).total / weight.total).toBeCloseTo(1, 14);
      expect(weight.meanDistance).toBeCloseTo(moment.reduce((a, b) => a + b) / total, 5);
    }),
  );
});

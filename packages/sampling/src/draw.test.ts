import fc from "fast-check";
import { expect, test } from "vitest";
import { draw } from "./draw.ts";
import { survey } from "./survey.ts";
import { uniform } from "./uniform.ts";

test("tokens are drawn as often as P says", () => {
  const weights = [1, 2, 3, 4, 10, 20, 60, 0]; // the last is excluded
  const surveyed = survey(Float32Array.from(weights, Math.log));
  const counts = weights.map(() => 0);
  const draws = 50_000;

  for (let position = 0; position < draws; position++) counts[draw(surveyed, uniform(2024, position))]!++;

  const terms = weights.slice(0, 7).map((weight, i) => {
    const expected = (weight / 100) * draws;
    return (counts[i]! - expected) ** 2 / expected;
  });
  // 38.3 is passed by chance once in 10^6 at 6 degrees of freedom (chi-square table); the seed is fixed, so never here.
  expect(terms.reduce((a, b) => a + b)).toBeLessThan(38.3);
  expect(counts[7]).toBe(0);
});

test("the ends of the unit interval draw the first and the last possible token", () => {
  const surveyed = survey(Float32Array.of(Number.NEGATIVE_INFINITY, 1, 1, 1, Number.NEGATIVE_INFINITY));

  expect(draw(surveyed, 0)).toBe(1);
  expect(draw(surveyed, 1 - 2 ** -53)).toBe(3);
});

test("the token drawn is the one at which the plain sum of P passes u", () => {
  const anyUnit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.nat(1000),
      anyUnit,
      fc.constantFrom(0.5, 1, 3),
      (n, seed, u, t) => {
        const logits = Float32Array.from({ length: n }, (_, i) =>
          i % 7 === 3 ? Number.NEGATIVE_INFINITY : 9 * Math.sin(seed + i * i),
        );
        const P = softmaxAt(logits, t);
        let sum = 0;
        const expected = P.findIndex((value) => {
          sum += value;
          return u < sum;
        });
        fc.pre(expected !== -1 && Math.min(Math.abs(sum - u), Math.abs(u - (sum - P[expected]!))) > 1e-9);

        expect(draw(survey(logits), u, t)).toBe(expected);
      },
    ),
  );
});

// --- internal ---

function softmaxAt(logits: Float32Array, temperature: number): Float64Array {
  const weights = Float64Array.from(logits, (logit) => Math.exp(logit / temperature));
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
}

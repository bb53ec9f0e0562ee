import { expect, test } from "vitest";
import { draw } from "./draw.ts";
import { uniform } from "./uniform.ts";

test("tokens are drawn as often as P says", () => {
  const weights = [1, 2, 3, 4, 10, 20, 60, 0]; // the last is excluded
  const logits = Float32Array.from(weights, Math.log);
  const counts = weights.map(() => 0);
  const draws = 50_000;

  for (let position = 0; position < draws; position++) counts[draw(logits, uniform(2024, position))]!++;

  const terms = weights.slice(0, 7).map((weight, i) => {
    const expected = (weight / 100) * draws;
    return (counts[i]! - expected) ** 2 / expected;
  });
  // 38.3 is passed by chance once in 10^6 at 6 degrees of freedom (chi-square table); the seed is fixed, so never here.
  expect(terms.reduce((a, b) => a + b)).toBeLessThan(38.3);
  expect(counts[7]).toBe(0);
});

test("the ends of the unit interval draw the first and the last possible token", () => {
  const logits = Float32Array.of(Number.NEGATIVE_INFINITY, 1, 1, 1, Number.NEGATIVE_INFINITY);

  expect(draw(logits, 0)).toBe(1);
  expect(draw(logits, 1 - 2 ** -53)).toBe(3);
});

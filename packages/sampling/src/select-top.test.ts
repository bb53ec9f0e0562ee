import fc from "fast-check";
import { expect, test } from "vitest";
import { selectTop } from "./select-top.ts";
import { survey } from "./survey.ts";
import { topK } from "./top-k.ts";

const anyValues = fc
  .array(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom(Number.NEGATIVE_INFINITY, -0, 1e30)), {
    maxLength: 200,
  })
  .map((values) => Float32Array.from(values));

test("the k largest are those that a full sort puts first, of equal ones the lowest indices", () => {
  fc.assert(
    fc.property(anyValues, fc.nat(250), (values, k) => {
      const finite = [...values.keys()].filter((i) => values[i]! > Number.NEGATIVE_INFINITY);
      const expected = finite.sort((a, b) => values[b]! - values[a]! || a - b).slice(0, k);

      expect([...selectTop(survey(values), k)]).toEqual(expected.sort((a, b) => a - b));
    }),
  );
});

test("equal ones beside excluded ones, and more wanted than there are", () => {
  const values = Float32Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 1 : Number.NEGATIVE_INFINITY));

  expect([...selectTop(survey(values), 150)]).toEqual(Array.from({ length: 100 }, (_, i) => 2 * i));
});

test("top-k leaves the kept logits as they are and excludes the rest", () => {
  const logits = Float32Array.of(1, 5, 3, 5, 2);

  topK(3)(logits, { position: 0, ids: [] });

  expect([...logits]).toEqual([Number.NEGATIVE_INFINITY, 5, 3, 5, Number.NEGATIVE_INFINITY]);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { Candidates } from "./candidates.ts";

const anyLogit = fc.oneof(
  fc.integer({ min: -4, max: 4 }),
  fc.constantFrom(Number.NEGATIVE_INFINITY, -0, 3e38, -3e38, 2 ** -149),
);
const anyLogits = fc.array(anyLogit, { minLength: 1, maxLength: 300 }).map((values) => Float32Array.from(values));
const anyBound = fc.oneof(anyLogit, fc.double({ min: -5, max: 5, noNaN: true }));

test("what is kept, one bound after the other, is what a plain filter keeps", () => {
  const anyBounds = fc.record({
    low: anyBound,
    high: anyBound,
    last: fc.nat(300),
    lowBehind: anyBound,
    highBehind: anyBound,
  });
  fc.assert(
    fc.property(anyLogits, fc.array(anyBounds, { minLength: 1, maxLength: 3 }), (logits, list) => {
      let expected = [...logits.keys()];
      const candidates = new Candidates(logits);

      for (const bounds of list) {
        const { low, high, last, lowBehind, highBehind } = bounds;
        expected = expected.filter((id) => {
          const logit = logits[id]!;
          const isWithin = id <= last ? logit >= low && logit <= high : logit >= lowBehind && logit <= highBehind;
          return isWithin && logit > Number.NEGATIVE_INFINITY;
        });
        candidates.keep(bounds);

        expect([...candidates.ids]).toEqual(expected);
        expect([...candidates.logits]).toEqual(expected.map((id) => logits[id]));
        // + 0: which one of 0 and -0 is the larger is left open.
        expect(candidates.max + 0).toBe(
          expected.reduce((max, id) => Math.max(max, logits[id]!), Number.NEGATIVE_INFINITY) + 0,
        );
        expect(candidates.min + 0).toBe(
          expected.reduce((min, id) => Math.min(min, logits[id]!), Number.POSITIVE_INFINITY) + 0,
        );
      }
    }),
  );
});

test("a search changes nothing and gives places", () => {
  const candidates = new Candidates(Float32Array.of(1, 5, 2, 5, Number.NEGATIVE_INFINITY));
  candidates.keep({ low: 2 });

  const { places, logits } = candidates.find({ low: 3 });

  expect([...places]).toEqual([0, 2]);
  expect([...logits]).toEqual([5, 5]);
  expect([...candidates.ids]).toEqual([1, 2, 3]);
});

test("a broken logit is seen in every place of a block", () => {
  for (const broken of [Number.NaN, Number.POSITIVE_INFINITY]) {
    for (let place = 0; place < 70; place++) {
      const logits = new Float32Array(70);
      logits[place] = broken;

      expect(new Candidates(logits).max).toBeNaN();
    }
  }
});

test("a larger vocabulary than ever before finds room, and smaller ones after it", () => {
  for (const length of [1, 100_000, 64, 300_000, 65]) {
    const logits = new Float32Array(length).fill(1);
    logits[length - 1] = 2;

    const candidates = new Candidates(logits);
    candidates.keep({ low: 2 });

    expect([...candidates.ids]).toEqual([length - 1]);
  }
});

test("candidates are refused once others took their place", () => {
  const first = new Candidates(Float32Array.of(1));
  new Candidates(Float32Array.of(2));

  expect(() => first.ids).toThrow(expect.objectContaining({ code: "ERR_CLOSED" }));
  expect(() => first.keep({})).toThrow(expect.objectContaining({ code: "ERR_CLOSED" }));
});

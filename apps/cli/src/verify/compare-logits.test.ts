import { expect, test } from "vitest";
import { compareLogits } from "./compare-logits.ts";

test("equal logits differ by nothing", () => {
  const rows = [
    [0, 1, 2],
    [3, -1, 0],
  ];

  expect(compareLogits([1, 0], rows, Float32Array.from(rows.flat()))).toMatchObject({
    tokens: 2,
    largestDifference: 0,
    meanDifference: 0,
    sameLikeliest: 1,
    perplexityChangePercent: 0,
  });
});

test("the figures are those of the definitions", () => {
  // A coin of one half each against one of P = 1 / 4 and 3 / 4, after both tokens.
  const reference = [
    [0, 0],
    [5, 5],
  ];
  const written = Float32Array.of(0, Math.log(3), 0, Math.log(3));

  const result = compareLogits([0, 1], reference, written);

  // KL = log(2) / 2 + log(2 / 3) / 2 = log(4 / 3) / 2; P of token 1 is 1 / 2 and 3 / 4.
  expect(result.klDivergence).toBeCloseTo(Math.log(4 / 3) / 2, 6);
  expect(result.checkpointPerplexity).toBeCloseTo(2, 6);
  expect(result.writtenPerplexity).toBeCloseTo(4 / 3, 6);
  expect(result.perplexityChangePercent).toBeCloseTo(-100 / 3, 4);
  expect(result.largestDifference).toBe(5);
  expect(result.meanDifference).toBeCloseTo((0 + Math.log(3) + 5 + (5 - Math.log(3))) / 4, 6);
});

test("likeliest tokens that agree at one position of two are a half", () => {
  const reference = [
    [1, 0],
    [1, 0],
  ];

  expect(compareLogits([0, 0], reference, Float32Array.of(2, 0, 0, 2)).sameLikeliest).toBe(0.5);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  "a logit of %d is no small difference but an error, which says whose it is",
  (value) => {
    const finite = [
      [0, 1],
      [1, 0],
    ];
    const broken = [
      [0, 1],
      [1, value],
    ];
    const compare = (reference: number[][], written: number[][]) => () =>
      compareLogits([0, 1], reference, Float32Array.from(written.flat()));

    expect(compare(finite, broken)).toThrow(
      expect.objectContaining({ code: "ERR_RUNTIME", message: expect.stringContaining("written model's") }),
    );
    expect(compare(broken, finite)).toThrow(
      expect.objectContaining({ code: "ERR_FORMAT", message: expect.stringContaining("checkpoint's") }),
    );
    expect(compare(broken, broken)).toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
  },
);

test("logits as large as a float's range give finite figures", () => {
  const result = compareLogits(
    [0, 1],
    [
      [1e30, -1e30],
      [0, 0],
    ],
    Float32Array.of(1e30, -1e30, 0, 0),
  );

  expect(result.klDivergence).toBe(0);
});

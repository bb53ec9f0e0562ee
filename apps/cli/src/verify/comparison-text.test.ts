import { expect, test } from "vitest";
import { comparisonText } from "./comparison-text.ts";

const found = {
  tokens: 64,
  largestDifference: 0.12345,
  meanDifference: 0.0123456,
  klDivergence: 0.000123456,
  sameLikeliest: 63 / 64,
  checkpointPerplexity: 4,
  writtenPerplexity: 4.1,
  perplexityChangePercent: 2.5,
};

test("each figure has its line", () => {
  expect(comparisonText(found)).toMatchInlineSnapshot(`
    "verified over 64 tokens against a plain forward pass in float32
    logits            largest difference 0.123, mean 0.0123
    KL divergence     0.000123 nats a token
    likeliest token   the same at 63 of 64 positions
    perplexity        4.000 as float32, 4.100 as written (+2.50 %)
    "
  `);
});

test("the graph for prompts has one more", () => {
  const prefill = { ...found, klDivergence: 0.5, writtenPerplexity: 3.9, perplexityChangePercent: -2.5 };

  expect(comparisonText({ ...found, prefill })).toBe(
    `${comparisonText(found)}prompts           KL divergence 0.500 nats a token, perplexity 3.900 as written (-2.50 %)\n`,
  );
});

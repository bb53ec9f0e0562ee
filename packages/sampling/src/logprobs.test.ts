import fc from "fast-check";
import { expect, test } from "vitest";
import { logprobs } from "./logprobs.ts";

const anyLogits = fc.float32Array({ noNaN: true, min: -80, max: 80, minLength: 1, maxLength: 100 });

test("the log probabilities of a vocabulary are those of probabilities that sum to one", () => {
  fc.assert(
    fc.property(anyLogits, (logits) => {
      const all = logprobs(logits, 0, logits.length).slice(1);

      expect(all.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)).toBeCloseTo(1, 6);
    }),
  );
});

test("a log probability is the logit less the log of the sum of all exp", () => {
  fc.assert(
    fc.property(anyLogits, (logits) => {
      const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0); // exp(80) still fits a double

      expect(logprobs(logits, logits.length - 1)[0].logprob).toBeCloseTo(logits.at(-1)! - Math.log(sum), 6);
    }),
  );
});

test("the most probable tokens come in descending order, after the token itself", () => {
  const list = logprobs(Float32Array.of(1, 4, 2, 4), 2, 3);

  expect(list.map(({ id }) => id)).toEqual([2, 1, 3, 2]);
});

test("huge logits do not overflow, and excluded tokens have log P of -Infinity", () => {
  const [chosen, best] = logprobs(Float32Array.of(3e38, Number.NEGATIVE_INFINITY), 1, 1);

  expect(chosen).toEqual({ id: 1, logprob: Number.NEGATIVE_INFINITY });
  expect(best).toEqual({ id: 0, logprob: 0 });
});

test("a token outside the vocabulary is refused", () => {
  for (const id of [-1, 2, 0.5]) {
    expect(() => logprobs(new Float32Array(2), id)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
  }
});

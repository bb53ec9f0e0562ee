import { expect, test } from "vitest";
import { createSampler } from "./create-sampler.ts";
import { xtc } from "./xtc.ts";

const logProbabilities = (): Float32Array => Float32Array.from([0.4, 0.1, 0.3, 0.2], Math.log);

test("top choices are excluded as often as the probability says, by seed and position alone", () => {
  const exclude = xtc({ probability: 0.3, threshold: 0.15, seed: 9 });
  const excludes = (position: number): boolean => {
    const logits = logProbabilities();
    exclude(logits, { position, ids: [] });
    return logits[0] === Number.NEGATIVE_INFINITY;
  };
  const positions = Array.from({ length: 10_000 }, (_, i) => i);

  const excluded = positions.filter(excludes);

  expect(excluded.length / positions.length).toBeCloseTo(0.3, 1);
  expect(positions.filter(excludes)).toEqual(excluded);
});

test("the least probable top choice stays, and so does everything below the threshold", () => {
  const logits = logProbabilities();

  xtc({ probability: 1, threshold: 0.15 })(logits, { position: 0, ids: [] });

  expect([...logits].map((logit) => logit > Number.NEGATIVE_INFINITY)).toEqual([false, true, false, true]);
});

test("a sampler with it always has a token left", () => {
  const sampler = createSampler({ xtc: { probability: 1, threshold: 0 }, topK: 3 });

  expect(sampler(logProbabilities(), { position: 0, ids: [] })).toBe(3);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { createSampler } from "./create-sampler.ts";
import { softmax } from "./softmax.ts";
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

test("the choices are those of exactly the probabilities, with sharp logits and with flat ones", () => {
  const anyShape = fc.record({
    length: fc.constantFrom(3, 64, 1000, 6000),
    seed: fc.nat(1000),
    width: fc.constantFrom(0, 0.1, 3, 30),
    threshold: fc.constantFrom(0, 0.001, 0.02, 0.1, 0.5),
  });
  fc.assert(
    fc.property(anyShape, ({ length, seed, width, threshold }) => {
      const logits = Float32Array.from({ length }, (_, i) => width * Math.sin((i + 1) * (seed + 12.9898) * 43758.5453));
      const P = softmax(logits);
      fc.pre(P.every((p) => Math.abs(p - threshold) > 1e-9));
      const choices = [...P.keys()].filter((id) => P[id]! >= threshold);
      const last = choices.reduce((least, id) => (logits[id]! <= logits[least]! ? id : least), choices[0] ?? 0);

      const left = logits.slice();
      xtc({ probability: 1, threshold })(left, { position: 0, ids: [] });

      expect([...left.keys()].filter((id) => left[id] === Number.NEGATIVE_INFINITY)).toEqual(
        choices.filter((id) => id !== last),
      );
    }),
  );
});

import type { LogitsTransform, SampleContext } from "@palaver/core";
import { samplerContract } from "@palaver/core/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSampler, type SamplerOptions } from "./create-sampler.ts";
import { draw } from "./draw.ts";
import { dry } from "./dry.ts";
import { greedy } from "./greedy.ts";
import { logitBias } from "./logit-bias.ts";
import { minP } from "./min-p.ts";
import { penalties } from "./penalties.ts";
import { survey } from "./survey.ts";
import { topK } from "./top-k.ts";
import { topNSigma } from "./top-n-sigma.ts";
import { topP } from "./top-p.ts";
import { typicalP } from "./typical-p.ts";
import { uniform } from "./uniform.ts";
import { xtc } from "./xtc.ts";

const everything: SamplerOptions = {
  temperature: 1.3,
  topK: 20,
  topP: 0.95,
  minP: 0.01,
  typicalP: 0.98,
  seed: 7,
  repetitionPenalty: 1.2,
  presencePenalty: 0.3,
  frequencyPenalty: 0.1,
  penaltyWindow: 16,
  logitBias: new Map([[3, 2]]),
  topNSigma: 2.5,
  xtc: { probability: 0.5, threshold: 0.2 },
  dry: { multiplier: 0.8, base: 1.5, allowedLength: 1 },
};

describe.each([
  ["greedy()", greedy],
  ["createSampler()", createSampler],
  ["createSampler with everything", () => createSampler(everything)],
  ["createSampler without top-k", () => createSampler({ topK: 0, seed: 5 })],
  ["createSampler at temperature 0", () => createSampler({ temperature: 0, repetitionPenalty: 2 })],
])("%s", (_, create) => {
  for (const { name, run } of samplerContract(create)) test(name, run);
});

test("a sampler chooses as its transforms do one after the other over the whole vocabulary", () => {
  const chain: LogitsTransform[] = [
    logitBias(everything.logitBias!),
    penalties(everything),
    dry(everything.dry!),
    topNSigma(everything.topNSigma!),
    topK(everything.topK!),
    typicalP(everything.typicalP!),
    topP(everything.topP!),
    minP(everything.minP!),
    xtc({ ...everything.xtc, seed: 7 }),
  ];
  const sampler = createSampler(everything);

  fc.assert(
    fc.property(anyLogits(), fc.array(fc.nat(60)), (logits, ids) => {
      const context: SampleContext = { position: ids.length, ids };
      const chained = logits.slice();
      for (const transform of chain) transform(chained, context);

      expect(sampler(logits, context)).toBe(draw(survey(chained), uniform(7, ids.length), everything.temperature));
    }),
  );
});

test("temperature 0 takes the most probable token, after bias and penalties", () => {
  const context = { position: 2, ids: [1, 1] };

  expect(createSampler({ temperature: 0 })(Float32Array.of(0, 3, 2), context)).toBe(1);
  expect(createSampler({ temperature: 0, frequencyPenalty: 1 })(Float32Array.of(0, 3, 2), context)).toBe(2);
  expect(createSampler({ temperature: 0, logitBias: new Map([[0, 9]]) })(Float32Array.of(0, 3, 2), context)).toBe(0);
});

test("a transform's mask comes before everything else", () => {
  const onlyLow: LogitsTransform = (logits) => logits.fill(Number.NEGATIVE_INFINITY, 2);
  const sampler = createSampler({ transforms: [onlyLow], topK: 1 });

  expect(sampler(Float32Array.of(0, 1, 9, 9), { position: 0, ids: [] })).toBe(1);
});

test.each<SamplerOptions>([
  { temperature: -1 },
  { temperature: Number.NaN },
  { temperature: Number.POSITIVE_INFINITY },
  { topK: -1 },
  { topK: 1.5 },
  { topP: 1.1 },
  { topP: Number.NaN },
  { minP: -0.1 },
  { typicalP: 2 },
  { topNSigma: -1 },
  { topNSigma: Number.NaN },
  { xtc: { probability: 1.1 } },
  { xtc: { threshold: Number.NaN } },
  { dry: { multiplier: -1 } },
  { dry: { base: 0.5 } },
  { dry: { allowedLength: 0 } },
  { dry: { window: -1 } },
  { dry: { breakers: [[]] } },
  { seed: 0.5 },
  { seed: Number.NaN },
  { seed: 2 ** 53 },
  { repetitionPenalty: 0 },
  { repetitionPenalty: 1001 },
  { presencePenalty: Number.NaN },
  { frequencyPenalty: Number.NEGATIVE_INFINITY },
  { penaltyWindow: -1 },
  { logitBias: new Map([[-1, 0]]) },
  { logitBias: new Map([[1, Number.NaN]]) },
  { logitBias: new Map([[1, Number.POSITIVE_INFINITY]]) },
])("%j is refused when the sampler is made", (options) => {
  expect(() => createSampler(options)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
});

test("options at the ends of their ranges give a token", () => {
  const extremes = fc.record({
    temperature: fc.constantFrom(0, Number.MIN_VALUE, 1e-40, 1e30, 1),
    topK: fc.constantFrom(0, 1, 2 ** 40),
    topP: fc.constantFrom(0, Number.MIN_VALUE, 1),
    minP: fc.constantFrom(0, Number.MIN_VALUE, 1),
    typicalP: fc.constantFrom(0, Number.MIN_VALUE, 1),
    seed: fc.maxSafeInteger(),
    repetitionPenalty: fc.constantFrom(0.001, 1, 1000),
    presencePenalty: fc.constantFrom(-1000, 0, 1000),
    penaltyWindow: fc.constantFrom(0, 1, Number.POSITIVE_INFINITY),
  });
  fc.assert(
    fc.property(extremes, fc.maxSafeNat(), (options, position) => {
      const logits = Float32Array.of(-3, 0, 1000, -3e38);

      expect(createSampler(options)(logits, { position, ids: [3] })).toBeLessThan(4);
    }),
  );
});

// --- internal ---

/** Finite logits with many ties, and some excluded tokens. */
function anyLogits(): fc.Arbitrary<Float32Array> {
  const logit = fc.oneof(fc.integer({ min: -8, max: 8 }), fc.constant(Number.NEGATIVE_INFINITY));
  return fc.array(logit, { minLength: 1, maxLength: 60 }).map((values) => Float32Array.from([...values, 0]));
}

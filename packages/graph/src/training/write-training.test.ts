import { expect, test } from "vitest";
import { tinyConfig } from "../testing/random-model.ts";
import { weightShapes } from "../weight-shapes.ts";
import { trainingValues } from "./training-graphs.ts";
import type { LoraOptions } from "./training-options.ts";
import { writeTraining } from "./write-training.ts";

test.each([
  ["no rows", { rows: 0, tokens: 4, labels: 1 }, /rows must be a positive integer/],
  ["half a token", { rows: 1, tokens: 4.5, labels: 1 }, /tokens must be a positive integer/],
  ["no labels", { rows: 1, tokens: 4, labels: 0 }, /labels must be a positive integer/],
  ["more labels than positions", { rows: 2, tokens: 4, labels: 9 }, /labels is 9, the batch has 8 positions/],
  ["more tokens than the context", { rows: 1, tokens: 65, labels: 1 }, /tokens is 65, the model's context 64/],
  ["a tensor beyond 2^31 elements", { rows: 2 ** 20, tokens: 64, labels: 1 }, /take fewer rows or labels/],
])("a batch with %s is refused", (_, shape, message) => {
  expect(() => writeTraining(tinyConfig).gradient(shape)).toThrow(message);
  expect(() => writeTraining(tinyConfig).loss(shape)).toThrow(message);
});

test.each<[string, LoraOptions, RegExp]>([
  ["a rank of 0", { rank: 0 }, /rank must be/],
  ["a rank without bound", { rank: 1e9 }, /rank must be/],
  ["an alpha of 0", { rank: 4, alpha: 0 }, /alpha must be/],
  ["no targets", { rank: 4, targets: [] }, /targets must be some of q_proj, .*, got none/],
  ["a target that this decoder lacks", { rank: 4, targets: ["qkv_proj"] }, /got "qkv_proj"/],
])("LoRA with %s is refused", (_, lora, message) => {
  expect(() => writeTraining(tinyConfig, { lora })).toThrow(message);
});

test.each([
  ["beta1 of 1", { beta1: 1 }],
  ["beta2 that is not a number", { beta2: Number.NaN }],
  ["no epsilon", { epsilon: 0 }],
  ["negative decay", { weightDecay: -1 }],
  ["no norm at all", { maxGradientNorm: 0 }],
])("an update with %s is refused", (_, options) => {
  expect(() => writeTraining(tinyConfig).update(options)).toThrow(/is out of range/);
});

test("LongRoPE is refused", () => {
  const ropeScaling = { type: "longrope", originalContextTokens: 32, amplitude: 1, factors: undefined } as const;

  expect(() => writeTraining({ ...tinyConfig, ropeScaling })).toThrow(/LongRoPE cannot be trained/);
});

test.each([
  ["Llama's form", {}],
  ["all options", { tiedHead: true, attentionBias: true, outputBias: true, qkNorm: true, postNorms: true }],
  ["packed projections", { packedProjections: true, attentionBias: true }],
])("%s: the parameters are the checkpoint's tensors; matrices decay", (_, part) => {
  const config = { ...tinyConfig, ...part };

  const { parameters, frozen } = writeTraining(config);

  expect(new Map(parameters.map(({ name, shape }) => [name, shape]))).toEqual(new Map(weightShapes(config)));
  expect(parameters.every(({ shape, decay }) => decay === (shape.length === 2))).toBe(true);
  expect(frozen).toEqual([]);
});

test("over 4 bits, matrices of layers are frozen codes and scales, all else float32", () => {
  const { frozen } = writeTraining(tinyConfig, { lora: { rank: 2, base: "q4" } });

  const codes = frozen.filter(({ type }) => type === "uint8");
  expect(codes).toHaveLength(2 * 7);
  expect(codes[0]).toEqual({
    name: "model.layers.0.self_attn.q_proj.codes",
    shape: [96, 3, 16],
    decay: false,
    type: "uint8",
  });
  expect(frozen.map(({ name }) => name)).toContain("model.embed_tokens.weight");
});

test("names of values are made of the tensor's name", () => {
  expect(trainingValues.gradientOut("lm_head.weight")).toBe("gradient_out.lm_head.weight");
});

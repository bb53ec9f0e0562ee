import { expect, test } from "vitest";
import type { DecoderConfig } from "../decoder-config.ts";
import { hfConfig, parseHfConfig } from "../hf-config.ts";
import { ggufOf, largestDifference, safetensorsOf, tinyFields } from "../testing/family-case.ts";
import { randomWeights, tinyConfig } from "../testing/random-model.ts";

const json = {
  ...tinyFields,
  architectures: ["Qwen3ForCausalLM"],
  num_hidden_layers: 2,
  head_dim: 32,
  rope_theta: 1e6,
  attention_bias: false,
  use_sliding_window: false,
  sliding_window: null,
  tie_word_embeddings: true,
};

const expected: DecoderConfig = {
  ...tinyConfig,
  family: "qwen3",
  headDim: 32,
  ropeTheta: 1e6,
  qkNorm: true,
  tiedHead: true,
};

const weights = randomWeights(expected, 11);
const gguf = ggufOf(expected, weights, { architecture: "qwen3", fields: {} });

test("Qwen3's config.json says what is in a model of this family", () => {
  expect(parseHfConfig(json)).toEqual(expected);
});

test("Qwen3's GGUF says the same", async () => {
  expect((await gguf).config).toEqual(expected);
});

test("Qwen3's description written as config.json reads back the same", () => {
  expect(parseHfConfig(hfConfig(expected))).toEqual(expected);
});

test("Qwen3's heads are 128 wide where the file leaves it out", () => {
  const { head_dim, ...rest } = json;

  expect(parseHfConfig(rest).headDim).toBe(128);
});

test("Qwen3 from safetensors gives the reference's logits", async () => {
  const actual = { config: parseHfConfig(json), weights: await safetensorsOf(expected, weights) };

  expect(await largestDifference(expected, weights, actual)).toBeLessThan(2e-5);
});

test("Qwen3 from a GGUF gives the reference's logits", async () => {
  expect(await largestDifference(expected, weights, await gguf)).toBeLessThan(2e-5);
});

import { isPalaverError } from "@palaver/core";
import { expect, test } from "vitest";
import type { DecoderConfig } from "../decoder-config.ts";
import { hfConfig, parseHfConfig } from "../hf-config.ts";
import { ggufOf, largestDifference, safetensorsOf, tinyFields } from "../testing/family-case.ts";
import { randomWeights, tinyConfig } from "../testing/random-model.ts";

const json = {
  ...tinyFields,
  architectures: ["Gemma3ForCausalLM"],
  num_hidden_layers: 7,
  head_dim: 32,
  hidden_activation: "gelu_pytorch_tanh",
  query_pre_attn_scalar: 32,
  rope_local_base_freq: 100,
  rope_theta: 5000,
  rope_scaling: { rope_type: "linear", factor: 8 },
  sliding_window: 4,
  sliding_window_pattern: 6,
  attn_logit_softcapping: null,
  final_logit_softcapping: null,
};

const expected: DecoderConfig = {
  ...tinyConfig,
  family: "gemma3_text",
  layers: 7,
  headDim: 32,
  ropeTheta: 5000,
  ropeScaling: { type: "linear", factor: 8 },
  qkNorm: true,
  attentionScale: 1 / Math.sqrt(32),
  slidingWindow: 4,
  globalLayers: [5],
  localRopeTheta: 100,
  activation: "gelu-tanh",
  normOffset: 1,
  postNorms: true,
  embeddingScale: Math.sqrt(96),
  tiedHead: true,
};

const weights = randomWeights(expected, 12);
const gguf = ggufOf(expected, weights, {
  architecture: "gemma3",
  fields: {
    "attention.sliding_window": 4,
    "rope.freq_base_swa": 100,
    "rope.scaling.type": "linear",
    "rope.scaling.factor": 8,
  },
  layerNames: {
    post_attention_layernorm: "post_attention_norm",
    pre_feedforward_layernorm: "ffn_norm",
    post_feedforward_layernorm: "post_ffw_norm",
  },
  normShift: 1,
});

test("Gemma 3's config.json says what is in a model of this family", () => {
  expect(parseHfConfig(json)).toEqual(expected);
});

test("Gemma 3's newer config.json, with settings for each type of layer, says the same", () => {
  const { rope_local_base_freq, rope_theta, rope_scaling, sliding_window_pattern, ...rest } = json;
  const layer_types = Array.from({ length: 7 }, (_, i) => (i === 5 ? "full_attention" : "sliding_attention"));
  const rope_parameters = {
    full_attention: { rope_theta: 5000, rope_type: "linear", factor: 8 },
    sliding_attention: { rope_theta: 100, rope_type: "default" },
  };

  expect(parseHfConfig({ ...rest, layer_types, rope_parameters })).toEqual(expected);
});

test("Gemma 3's GGUF says the same", async () => {
  expect((await gguf).config).toEqual(expected);
});

test("Gemma 3's description written as config.json reads back the same", () => {
  const { attentionScale, ...read } = parseHfConfig(hfConfig(expected));

  expect(attentionScale).toBeCloseTo(1 / Math.sqrt(32), 12);
  expect({ ...read, attentionScale: expected.attentionScale }).toEqual(expected);
});

test.each([
  ["types for too few layers", { layer_types: ["full_attention"] }],
  ["an unknown type of layer", { layer_types: Array.from({ length: 7 }, () => "linear_attention") }],
  ["a pattern of no layers", { sliding_window_pattern: 0 }],
  ["more layers than the limit", { num_hidden_layers: 2 ** 31 }],
  ["a scalar of 0", { query_pre_attn_scalar: 0 }],
])("%s is refused", (_, change) => {
  let error: unknown;
  try {
    parseHfConfig({ ...json, ...change });
  } catch (thrown) {
    error = thrown;
  }

  expect(isPalaverError(error, "ERR_FORMAT")).toBe(true);
});

test("Gemma 3 from safetensors gives the reference's logits", async () => {
  const actual = { config: parseHfConfig(json), weights: await safetensorsOf(expected, weights) };

  expect(await largestDifference(expected, weights, actual)).toBeLessThan(2e-5);
});

test("Gemma 3 from a GGUF gives the reference's logits", async () => {
  expect(await largestDifference(expected, weights, await gguf)).toBeLessThan(2e-5);
});

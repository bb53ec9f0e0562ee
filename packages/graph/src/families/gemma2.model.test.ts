import { expect, test } from "vitest";
import type { DecoderConfig } from "../decoder-config.ts";
import { hfConfig, parseHfConfig } from "../hf-config.ts";
import { ggufOf, largestDifference, safetensorsOf, tinyFields } from "../testing/family-case.ts";
import { randomWeights, tinyConfig } from "../testing/random-model.ts";

// Caps so low that these small scores and logits feel them.
const json = {
  ...tinyFields,
  architectures: ["Gemma2ForCausalLM"],
  num_hidden_layers: 3,
  hidden_act: "gelu_pytorch_tanh",
  hidden_activation: "gelu_pytorch_tanh",
  query_pre_attn_scalar: 16,
  attn_logit_softcapping: 0.5,
  final_logit_softcapping: 2,
  rope_theta: 10000,
  sliding_window: 4,
};

const expected: DecoderConfig = {
  ...tinyConfig,
  family: "gemma2",
  layers: 3,
  attentionScale: 0.25,
  attentionSoftcap: 0.5,
  slidingWindow: 4,
  globalLayers: [1],
  activation: "gelu-tanh",
  normOffset: 1,
  postNorms: true,
  embeddingScale: Math.sqrt(96),
  logitSoftcap: 2,
  tiedHead: true,
};

const form = {
  architecture: "gemma2",
  fields: { "attention.sliding_window": 4, attn_logit_softcapping: 0.5, final_logit_softcapping: 2 },
  layerNames: {
    post_attention_layernorm: "post_attention_norm",
    pre_feedforward_layernorm: "ffn_norm",
    post_feedforward_layernorm: "post_ffw_norm",
  },
  normShift: 1,
};

const weights = randomWeights(expected, 13);
const gguf = ggufOf(expected, weights, form);

test("Gemma 2's config.json says what is in a model of this family", () => {
  expect(parseHfConfig(json)).toEqual(expected);
});

test("Gemma 2's caps are 50 and 30 where the file leaves them out, and none where they are null", () => {
  const { attn_logit_softcapping, final_logit_softcapping, ...rest } = json;
  const none = { attn_logit_softcapping: null, final_logit_softcapping: null };

  expect(parseHfConfig(rest)).toMatchObject({ attentionSoftcap: 50, logitSoftcap: 30 });
  expect(parseHfConfig({ ...rest, ...none })).toMatchObject({ attentionSoftcap: undefined, logitSoftcap: undefined });
});

test("Gemma 2's GGUF says the same", async () => {
  expect((await gguf).config).toEqual(expected);
});

test("Gemma 2's description written as config.json reads back the same", () => {
  expect(parseHfConfig(hfConfig(expected))).toEqual(expected);
});

test("the largest Gemma 2, which a GGUF shows by its 46 layers, scales scores by the stream's share of a head", async () => {
  const largest = { ...expected, layers: 46, hidden: 72, ffn: 32, vocab: 8 };
  const { config } = await ggufOf(largest, randomWeights(largest, 1), form);

  expect(config.attentionScale).toBeCloseTo(1 / Math.sqrt(72 / 6), 12);
});

test("Gemma 2 from safetensors gives the reference's logits", async () => {
  const actual = { config: parseHfConfig(json), weights: await safetensorsOf(expected, weights) };

  expect(await largestDifference(expected, weights, actual)).toBeLessThan(2e-5);
});

test("Gemma 2 from a GGUF gives the reference's logits", async () => {
  expect(await largestDifference(expected, weights, await gguf)).toBeLessThan(2e-5);
});

/** Descriptions of published models, written from their model cards and papers. */

import { readFile } from "node:fs/promises";
import { describeSharedData } from "@palaver/test-data";
import { expect, test } from "vitest";
import type { DecoderConfig } from "../decoder-config.ts";
import { parseHfConfig } from "../hf-config.ts";
import { plainTraits } from "./family.ts";

const factors = (first: number): number[] => Array.from({ length: 48 }, (_, pair) => first + pair);

const published: [string, Record<string, unknown>, Partial<DecoderConfig>][] = [
  [
    "TinyLlama 1.1B",
    {
      architectures: ["LlamaForCausalLM"],
      attention_bias: false,
      hidden_act: "silu",
      hidden_size: 2048,
      intermediate_size: 5632,
      max_position_embeddings: 2048,
      num_attention_heads: 32,
      num_hidden_layers: 22,
      num_key_value_heads: 4,
      pretraining_tp: 1,
      rms_norm_eps: 1e-5,
      rope_scaling: null,
      rope_theta: 10000.0,
      tie_word_embeddings: false,
      vocab_size: 32000,
    },
    { ...plainTraits, family: "llama", headDim: 64, layers: 22, kvHeads: 4, tiedHead: false, normEpsilon: 1e-5 },
  ],
  [
    "Qwen3 0.6B",
    {
      architectures: ["Qwen3ForCausalLM"],
      attention_bias: false,
      head_dim: 128,
      hidden_act: "silu",
      hidden_size: 1024,
      intermediate_size: 3072,
      max_position_embeddings: 40960,
      max_window_layers: 28,
      num_attention_heads: 16,
      num_hidden_layers: 28,
      num_key_value_heads: 8,
      rms_norm_eps: 1e-6,
      rope_scaling: null,
      rope_theta: 1000000,
      sliding_window: null,
      tie_word_embeddings: true,
      use_sliding_window: false,
      vocab_size: 151936,
    },
    { ...plainTraits, family: "qwen3", headDim: 128, qkNorm: true, tiedHead: true, ropeTheta: 1e6 },
  ],
  [
    "Gemma 2 27B",
    {
      architectures: ["Gemma2ForCausalLM"],
      attn_logit_softcapping: 50.0,
      final_logit_softcapping: 30.0,
      head_dim: 128,
      hidden_act: "gelu_pytorch_tanh",
      hidden_activation: "gelu_pytorch_tanh",
      hidden_size: 4608,
      intermediate_size: 36864,
      max_position_embeddings: 8192,
      num_attention_heads: 32,
      num_hidden_layers: 46,
      num_key_value_heads: 16,
      query_pre_attn_scalar: 144,
      rms_norm_eps: 1e-6,
      rope_theta: 10000.0,
      sliding_window: 4096,
      vocab_size: 256000,
    },
    {
      attentionScale: 1 / 12,
      attentionSoftcap: 50,
      logitSoftcap: 30,
      slidingWindow: 4096,
      globalLayers: Array.from({ length: 23 }, (_, pair) => 2 * pair + 1),
      activation: "gelu-tanh",
      embeddingScale: Math.sqrt(4608),
      normOffset: 1,
      postNorms: true,
      qkNorm: false,
      tiedHead: true,
    },
  ],
  [
    "Gemma 3 1B",
    {
      architectures: ["Gemma3ForCausalLM"],
      attention_bias: false,
      attn_logit_softcapping: null,
      final_logit_softcapping: null,
      head_dim: 256,
      hidden_activation: "gelu_pytorch_tanh",
      hidden_size: 1152,
      intermediate_size: 6912,
      max_position_embeddings: 32768,
      num_attention_heads: 4,
      num_hidden_layers: 26,
      num_key_value_heads: 1,
      query_pre_attn_scalar: 256,
      rms_norm_eps: 1e-6,
      rope_local_base_freq: 10000,
      rope_scaling: null,
      rope_theta: 1000000,
      sliding_window: 512,
      sliding_window_pattern: 6,
      vocab_size: 262144,
    },
    {
      attentionScale: 1 / 16,
      attentionSoftcap: undefined,
      logitSoftcap: undefined,
      slidingWindow: 512,
      globalLayers: [5, 11, 17, 23],
      localRopeTheta: 10_000,
      ropeTheta: 1e6,
      qkNorm: true,
      tiedHead: true,
    },
  ],
  [
    "Phi-3-mini 4k",
    {
      architectures: ["Phi3ForCausalLM"],
      hidden_act: "silu",
      hidden_size: 3072,
      intermediate_size: 8192,
      max_position_embeddings: 4096,
      num_attention_heads: 32,
      num_hidden_layers: 32,
      num_key_value_heads: 32,
      original_max_position_embeddings: 4096,
      rms_norm_eps: 1e-5,
      rope_scaling: null,
      rope_theta: 10000.0,
      sliding_window: 2047,
      tie_word_embeddings: false,
      vocab_size: 32064,
    },
    { headDim: 96, packedProjections: true, slidingWindow: 2047, globalLayers: [], ropeScaling: { type: "none" } },
  ],
  [
    "Phi-4-mini",
    {
      architectures: ["Phi3ForCausalLM"],
      hidden_act: "silu",
      hidden_size: 3072,
      intermediate_size: 8192,
      max_position_embeddings: 131072,
      num_attention_heads: 24,
      num_hidden_layers: 32,
      num_key_value_heads: 8,
      original_max_position_embeddings: 4096,
      partial_rotary_factor: 0.75,
      rms_norm_eps: 1e-5,
      rope_scaling: { type: "longrope", short_factor: factors(1), long_factor: factors(2) },
      rope_theta: 10000.0,
      sliding_window: 262144,
      tie_word_embeddings: true,
      vocab_size: 200064,
    },
    {
      headDim: 128,
      rotaryDim: 96,
      packedProjections: true,
      ropeScaling: {
        type: "longrope",
        originalContextTokens: 4096,
        // 32 times 4096 tokens, and 5 / 12 is ln 32 / ln 4096.
        amplitude: expect.closeTo(Math.sqrt(1 + 5 / 12), 12),
        factors: { short: factors(1), long: factors(2) },
      },
      tiedHead: true,
    },
  ],
];

test.each(published)("reads %s", (_, json, expected) => {
  expect(parseHfConfig(json)).toMatchObject(expected);
});

describeSharedData("SmolLM2 135M", ["tokenizers/smollm2-135m/config.json"], (path) => {
  test("is of Llama's form", async () => {
    const json: unknown = JSON.parse(await readFile(path!, "utf8"));

    expect(parseHfConfig(json)).toMatchObject({
      ...plainTraits,
      family: "llama",
      layers: 30,
      headDim: 64,
      kvHeads: 3,
      tiedHead: true,
      ropeTheta: 100_000,
      activation: "silu",
    });
  });
});

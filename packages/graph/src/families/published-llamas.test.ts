/** Descriptions of published models of Llama's form, written from their model cards: what each says, and what it leaves out. */

import { expect, test } from "vitest";
import type { DecoderConfig } from "../decoder-config.ts";
import { parseHfConfig } from "../hf-config.ts";
import { plainTraits } from "./family.ts";

const llama3 = {
  architectures: ["LlamaForCausalLM"],
  attention_bias: false,
  hidden_act: "silu",
  hidden_size: 4096,
  intermediate_size: 14336,
  num_attention_heads: 32,
  num_hidden_layers: 32,
  num_key_value_heads: 8,
  rms_norm_eps: 1e-5,
  rope_theta: 500000.0,
  tie_word_embeddings: false,
  vocab_size: 128256,
};

const stretched = (factor: number) => ({
  factor,
  high_freq_factor: 4.0,
  low_freq_factor: 1.0,
  original_max_position_embeddings: 8192,
  rope_type: "llama3",
});

const mistral = {
  architectures: ["MistralForCausalLM"],
  hidden_act: "silu",
  hidden_size: 4096,
  intermediate_size: 14336,
  max_position_embeddings: 32768,
  num_attention_heads: 32,
  num_hidden_layers: 32,
  num_key_value_heads: 8,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: false,
};

const qwen7b = {
  architectures: ["Qwen2ForCausalLM"],
  hidden_act: "silu",
  hidden_size: 3584,
  intermediate_size: 18944,
  max_position_embeddings: 32768,
  max_window_layers: 28,
  num_attention_heads: 28,
  num_hidden_layers: 28,
  num_key_value_heads: 4,
  rms_norm_eps: 1e-6,
  rope_theta: 1000000.0,
  sliding_window: 131072,
  tie_word_embeddings: false,
  use_sliding_window: false,
  vocab_size: 152064,
};

const published: [string, Record<string, unknown>, Partial<DecoderConfig>][] = [
  [
    "Llama 2 7B, which has no rope_theta",
    {
      architectures: ["LlamaForCausalLM"],
      hidden_act: "silu",
      hidden_size: 4096,
      intermediate_size: 11008,
      max_position_embeddings: 4096,
      num_attention_heads: 32,
      num_hidden_layers: 32,
      num_key_value_heads: 32,
      pretraining_tp: 1,
      rms_norm_eps: 1e-5,
      rope_scaling: null,
      tie_word_embeddings: false,
      vocab_size: 32000,
    },
    { ...plainTraits, kvHeads: 32, headDim: 128, ffn: 11008, contextTokens: 4096, ropeTheta: 10_000, tiedHead: false },
  ],
  [
    "Llama 3 8B",
    { ...llama3, max_position_embeddings: 8192, rope_scaling: null },
    { ...plainTraits, kvHeads: 8, headDim: 128, vocab: 128_256, ropeTheta: 5e5, ropeScaling: { type: "none" } },
  ],
  [
    "Llama 3.1 8B",
    { ...llama3, max_position_embeddings: 131072, rope_scaling: stretched(8.0) },
    {
      contextTokens: 131_072,
      ropeScaling: {
        type: "llama3",
        factor: 8,
        lowFrequencyFactor: 1,
        highFrequencyFactor: 4,
        originalContextTokens: 8192,
      },
    },
  ],
  [
    "Llama 3.2 1B",
    {
      ...llama3,
      head_dim: 64,
      hidden_size: 2048,
      intermediate_size: 8192,
      max_position_embeddings: 131072,
      num_hidden_layers: 16,
      rope_scaling: stretched(32.0),
      tie_word_embeddings: true,
    },
    { layers: 16, hidden: 2048, headDim: 64, tiedHead: true, ropeScaling: expect.objectContaining({ factor: 32 }) },
  ],
  [
    "Mistral 7B v0.1",
    { ...mistral, rope_theta: 10000.0, sliding_window: 4096, vocab_size: 32000 },
    { ...plainTraits, family: "mistral", headDim: 128, slidingWindow: 4096, ropeTheta: 10_000, vocab: 32_000 },
  ],
  [
    "Mistral 7B v0.3",
    { ...mistral, rope_theta: 1000000.0, sliding_window: null, vocab_size: 32768 },
    { ...plainTraits, family: "mistral", slidingWindow: undefined, ropeTheta: 1e6, vocab: 32_768 },
  ],
  [
    "Qwen2 0.5B",
    {
      ...qwen7b,
      hidden_size: 896,
      intermediate_size: 4864,
      max_window_layers: 24,
      num_attention_heads: 14,
      num_hidden_layers: 24,
      num_key_value_heads: 2,
      sliding_window: 32768,
      tie_word_embeddings: true,
      vocab_size: 151936,
    },
    { family: "qwen2", headDim: 64, kvHeads: 2, attentionBias: true, outputBias: false, tiedHead: true },
  ],
  [
    "Qwen2.5 7B, whose window is off",
    qwen7b,
    { ...plainTraits, family: "qwen2", headDim: 128, attentionBias: true, slidingWindow: undefined, tiedHead: false },
  ],
  [
    "SmolLM2 1.7B",
    {
      architectures: ["LlamaForCausalLM"],
      attention_bias: false,
      hidden_act: "silu",
      hidden_size: 2048,
      intermediate_size: 8192,
      max_position_embeddings: 8192,
      num_attention_heads: 32,
      num_hidden_layers: 24,
      num_key_value_heads: 32,
      rms_norm_eps: 1e-5,
      rope_scaling: null,
      rope_theta: 130000,
      tie_word_embeddings: true,
      vocab_size: 49152,
    },
    { ...plainTraits, family: "llama", headDim: 64, kvHeads: 32, ropeTheta: 130_000, tiedHead: true },
  ],
  [
    "Gemma 3 4B, a model of pictures and text that leaves out what its class knows",
    {
      architectures: ["Gemma3ForConditionalGeneration"],
      text_config: {
        hidden_size: 2560,
        intermediate_size: 10240,
        model_type: "gemma3_text",
        num_hidden_layers: 34,
        rope_scaling: { factor: 8.0, rope_type: "linear" },
        sliding_window: 1024,
      },
      vision_config: { hidden_size: 1152, model_type: "siglip_vision_model", num_hidden_layers: 27 },
    },
    {
      family: "gemma3_text",
      layers: 34,
      heads: 8,
      kvHeads: 4,
      headDim: 256,
      vocab: 262_208,
      contextTokens: 131_072,
      slidingWindow: 1024,
      globalLayers: [5, 11, 17, 23, 29],
      ropeScaling: { type: "linear", factor: 8 },
      ropeTheta: 1e6,
      localRopeTheta: 10_000,
      attentionScale: 1 / 16,
      tiedHead: true,
    },
  ],
];

test.each(published)("reads %s", (_, json, expected) => {
  expect(parseHfConfig(json)).toMatchObject(expected);
});

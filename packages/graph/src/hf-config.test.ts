import { isPalaverError } from "@palaver/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DecoderConfig } from "./decoder-config.ts";
import { plainTraits } from "./families/family.ts";
import { hfConfig, parseHfConfig } from "./hf-config.ts";

// Figures of the published meta-llama/Llama-3.2-1B-Instruct, written from its model card and config.
const llama32 = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  attention_bias: false,
  head_dim: 64,
  hidden_act: "silu",
  hidden_size: 2048,
  intermediate_size: 8192,
  max_position_embeddings: 131072,
  num_attention_heads: 32,
  num_hidden_layers: 16,
  num_key_value_heads: 8,
  rms_norm_eps: 1e-5,
  rope_scaling: {
    factor: 32,
    high_freq_factor: 4,
    low_freq_factor: 1,
    original_max_position_embeddings: 8192,
    rope_type: "llama3",
  },
  rope_theta: 500000,
  tie_word_embeddings: true,
  vocab_size: 128256,
};

/** What parsing throws. */
function refusal(json: unknown): unknown {
  try {
    return parseHfConfig(json);
  } catch (error) {
    return error;
  }
}

test("reads Llama 3.2", () => {
  expect(parseHfConfig(llama32)).toEqual({
    family: "llama",
    layers: 16,
    hidden: 2048,
    heads: 32,
    kvHeads: 8,
    headDim: 64,
    ffn: 8192,
    vocab: 128256,
    contextTokens: 131072,
    normEpsilon: 1e-5,
    ropeTheta: 500000,
    ropeScaling: {
      type: "llama3",
      factor: 32,
      lowFrequencyFactor: 1,
      highFrequencyFactor: 4,
      originalContextTokens: 8192,
    },
    rotaryDim: undefined,
    activation: "silu",
    ...plainTraits,
    tiedHead: true,
  });
});

test("reads the newer spelling of rotary settings", () => {
  const { rope_theta, rope_scaling, ...rest } = llama32;

  expect(parseHfConfig({ ...rest, rope_parameters: { rope_theta, ...rope_scaling } })).toEqual(parseHfConfig(llama32));
});

test("a base beside the newer settings counts where they have none", () => {
  const { rope_scaling, ...rest } = llama32;

  expect(parseHfConfig({ ...rest, rope_parameters: rope_scaling })).toEqual(parseHfConfig(llama32));
  expect(parseHfConfig({ ...rest, rope_parameters: { rope_theta: 7e5 } }).ropeTheta).toBe(7e5);
});

test("of both spellings of scaling the older one counts, unless it is empty", () => {
  const { rope_theta, rope_scaling, ...rest } = llama32;
  const parameters = { rope_type: "linear", factor: 2, rope_theta: 7e5 };
  const both = (scaling: unknown) => parseHfConfig({ ...rest, rope_parameters: parameters, rope_scaling: scaling });

  expect(both(rope_scaling).ropeScaling).toEqual(parseHfConfig(llama32).ropeScaling);
  for (const none of [null, {}]) {
    expect(both(none)).toMatchObject({ ropeTheta: 7e5, ropeScaling: { type: "linear", factor: 2 } });
  }
});

test("settings for each type of layer are changed by a scaling beside them, and take bases from beside them", () => {
  const gemma3 = {
    ...llama32,
    architectures: ["Gemma3ForCausalLM"],
    hidden_act: "gelu_pytorch_tanh",
    rope_theta: 3e5,
    rope_local_base_freq: 2e4,
    rope_scaling: { rope_type: "linear", factor: 8 },
    rope_parameters: { full_attention: { rope_type: "default" }, sliding_attention: { rope_type: "default" } },
  };

  expect(parseHfConfig(gemma3)).toMatchObject({
    ropeTheta: 3e5,
    localRopeTheta: 2e4,
    ropeScaling: { type: "linear", factor: 8 },
  });
});

test("fields that older files leave out have the family's values", () => {
  const { num_key_value_heads, head_dim, rope_scaling, rope_theta, rms_norm_eps, tie_word_embeddings, ...rest } =
    llama32;

  expect(parseHfConfig(rest)).toMatchObject({
    kvHeads: 32,
    headDim: 64,
    ropeTheta: 10000,
    normEpsilon: 1e-6,
    ropeScaling: { type: "none" },
    tiedHead: false,
  });
});

test("Qwen2 has a bias on queries, keys and values", () => {
  const config = parseHfConfig({ ...llama32, architectures: ["Qwen2ForCausalLM"], rope_scaling: null });

  expect(config).toMatchObject({ family: "qwen2", attentionBias: true, outputBias: false });
});

test("Mistral's window is read, none where it is null, and the class's own where it is left out", () => {
  const mistral = { ...llama32, architectures: ["MistralForCausalLM"], rope_scaling: null };

  expect(parseHfConfig({ ...mistral, sliding_window: 4096 }).slidingWindow).toBe(4096);
  expect(parseHfConfig({ ...mistral, sliding_window: null }).slidingWindow).toBeUndefined();
  // `MistralConfig` of huggingface/transformers.
  expect(parseHfConfig(mistral).slidingWindow).toBe(4096);
});

describe("refuses with ERR_UNSUPPORTED, naming what is known", () => {
  test.each([
    ["an unknown architecture", { architectures: ["MambaForCausalLM"] }, "Qwen2ForCausalLM"],
    ["an unknown rotary scaling", { rope_scaling: { rope_type: "yarn", factor: 4 } }, "llama3"],
    ["another activation", { hidden_act: "gelu" }, "silu"],
    ["a feed-forward bias", { mlp_bias: true }, "mlp_bias"],
    [
      "a window in some layers",
      { architectures: ["Qwen2ForCausalLM"], use_sliding_window: true },
      "use_sliding_window",
    ],
  ])("%s", (_, part, named) => {
    const error = refusal({ ...llama32, ...part });

    expect(isPalaverError(error, "ERR_UNSUPPORTED")).toBe(true);
    expect((error as Error).message).toContain(named);
  });
});

describe("refuses with ERR_FORMAT", () => {
  test.each([
    ["no object", []],
    ["layers of 0", { ...llama32, num_hidden_layers: 0 }],
    ["layers beyond the limit", { ...llama32, num_hidden_layers: 1e9 }],
    ["a hidden size as text", { ...llama32, hidden_size: "2048" }],
    ["a fraction of a head", { ...llama32, num_attention_heads: 31.5 }],
    ["heads that do not share evenly", { ...llama32, num_key_value_heads: 7 }],
    ["more key-value heads than heads", { ...llama32, num_key_value_heads: 64 }],
    ["an odd head", { ...llama32, head_dim: 63 }],
    ["a negative epsilon", { ...llama32, rms_norm_eps: -1 }],
    ["an infinite base", { ...llama32, rope_theta: Number.POSITIVE_INFINITY }],
    ["a context beyond the limit", { ...llama32, max_position_embeddings: 2 ** 40 }],
    ["a part of a head that is odd", { ...llama32, partial_rotary_factor: 0.33 }],
    ["more than a head that turns", { ...llama32, partial_rotary_factor: 2 }],
    ["a scaling factor of 0", { ...llama32, rope_scaling: { rope_type: "linear", factor: 0 } }],
    [
      "frequency factors in the wrong order",
      { ...llama32, rope_scaling: { ...llama32.rope_scaling, high_freq_factor: 1 } },
    ],
    ["architectures that are no list", { ...llama32, architectures: { 0: "LlamaForCausalLM" } }],
  ])("%s", (_, json) => {
    expect(isPalaverError(refusal(json), "ERR_FORMAT")).toBe(true);
  });
});

test("whatever value a field has, the outcome is a description within limits or a typed error", () => {
  const fields = Object.keys(llama32);
  fc.assert(
    fc.property(fc.constantFrom(...fields), fc.jsonValue({ maxDepth: 3 }), (field, value) => {
      const outcome = refusal({ ...llama32, [field]: value });
      expect(isPalaverError(outcome) || Number.isInteger((outcome as DecoderConfig).layers)).toBe(true);
    }),
  );
});

test("a description written as config.json reads back the same", () => {
  const config = parseHfConfig(llama32);

  expect(parseHfConfig(JSON.parse(JSON.stringify(hfConfig(config))))).toEqual(config);
});

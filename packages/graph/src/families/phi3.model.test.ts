import { isPalaverError } from "@palaver/core";
import { expect, test } from "vitest";
import type { DecoderConfig } from "../decoder-config.ts";
import { hfConfig, parseHfConfig } from "../hf-config.ts";
import { ggufOf, largestDifference, safetensorsOf, tinyFields } from "../testing/family-case.ts";
import { randomWeights, tinyConfig } from "../testing/random-model.ts";

const short = Array.from({ length: 24 }, (_, pair) => Math.fround(1 + pair / 20));
const long = short.map((factor) => Math.fround(2 * factor * factor));

// Phi-4-mini's form: three quarters of a head turn, with factors for each of their pairs.
const json = {
  ...tinyFields,
  architectures: ["Phi3ForCausalLM"],
  num_hidden_layers: 2,
  head_dim: 64,
  original_max_position_embeddings: 32,
  partial_rotary_factor: 0.75,
  rope_scaling: { type: "longrope", short_factor: short, long_factor: long },
  sliding_window: 7,
};

const expected: DecoderConfig = {
  ...tinyConfig,
  family: "phi3",
  headDim: 64,
  rotaryDim: 48,
  packedProjections: true,
  slidingWindow: 7,
  ropeScaling: {
    type: "longrope",
    originalContextTokens: 32,
    // Ding et al., LongRoPE: sqrt(1 + ln(64 / 32) / ln 32), and ln 2 / ln 32 is a fifth.
    amplitude: Math.sqrt(1.2),
    factors: { short, long },
  },
};

const weights = randomWeights(expected, 14);
const form = {
  architecture: "phi3",
  fields: {
    "attention.sliding_window": 7,
    "rope.dimension_count": 48,
    "rope.scaling.original_context_length": 32,
    "rope.scaling.attn_factor": Math.sqrt(1.2),
  },
  layerNames: { "self_attn.qkv_proj": "attn_qkv", "mlp.gate_up_proj": "ffn_up" },
  extra: { "rope_factors_short.weight": short, "rope_factors_long.weight": long },
};
const gguf = ggufOf(expected, weights, form);

test("Phi's config.json says what is in a model of this family", () => {
  const { ropeScaling, ...read } = parseHfConfig(json);

  expect({ ...read, ropeScaling: expected.ropeScaling }).toEqual(expected);
  expect(ropeScaling).toMatchObject({ originalContextTokens: 32, factors: { short, long } });
  expect(ropeScaling.type === "longrope" && ropeScaling.amplitude).toBeCloseTo(Math.sqrt(1.2), 12);
});

test("Phi's GGUF says the same and has the factors as tensors", async () => {
  expect((await gguf).config).toEqual({ ...expected, ropeScaling: { ...expected.ropeScaling, factors: undefined } });
});

test("Phi's description written as config.json reads back the same", () => {
  expect(parseHfConfig(hfConfig(expected))).toEqual(expected);
});

test("a GGUF's window of 0 is none", async () => {
  const { config } = await ggufOf(expected, weights, {
    ...form,
    fields: { ...form.fields, "attention.sliding_window": 0 },
  });

  expect(config.slidingWindow).toBeUndefined();
});

test.each([
  ["factors for other pairs", { short_factor: short.slice(1) }],
  ["a factor that is no number", { short_factor: short.map(String) }],
  ["a factor of 0", { long_factor: long.map(() => 0) }],
  ["no factors", { long_factor: null }],
  ["more factors than a head can have", { long_factor: Array.from({ length: 5000 }, () => 1) }],
])("%s are refused", (_, change) => {
  let error: unknown;
  try {
    parseHfConfig({ ...json, rope_scaling: { ...json.rope_scaling, ...change } });
  } catch (thrown) {
    error = thrown;
  }

  expect(isPalaverError(error, "ERR_FORMAT")).toBe(true);
});

test.each([
  ["beyond the original context turns by the long factors", 64],
  ["for the original context turns by the short factors", 32],
])("Phi from safetensors, built %s: the logits are the reference's", async (_, contextTokens) => {
  const actual = { config: parseHfConfig(json), weights: await safetensorsOf(expected, weights), contextTokens };

  expect(await largestDifference(expected, weights, actual)).toBeLessThan(2e-5);
});

test.each([64, 32])("Phi from a GGUF, built for %d tokens, gives the reference's logits", async (contextTokens) => {
  expect(await largestDifference(expected, weights, { ...(await gguf), contextTokens })).toBeLessThan(2e-5);
});

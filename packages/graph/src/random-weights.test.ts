import { toFloat32 } from "@palaver/formats";
import { expect, test } from "vitest";
import type { DecoderConfig } from "./decoder-config.ts";
import { randomWeights } from "./random-weights.ts";
import { tinyConfig } from "./testing/random-model.ts";
import { writeDecoder } from "./write-decoder.ts";

const qwenLike: DecoderConfig = { ...tinyConfig, family: "qwen2", attentionBias: true, tiedHead: true };
const GATE = "model.layers.1.mlp.gate_proj.weight";

test.each([
  ["plain", tinyConfig],
  ["biased and tied", qwenLike],
  ["biased at the output", { ...tinyConfig, attentionBias: true, outputBias: true }],
  ["packed", { ...tinyConfig, packedProjections: true, attentionBias: true }],
  ["many-normed", { ...tinyConfig, qkNorm: true, postNorms: true, normOffset: 1 as const }],
])("has exactly the tensors of a %s checkpoint", async (_, config) => {
  const weights = randomWeights(config, 1);

  // The writer refuses missing tensors, wrong shapes and leftovers.
  const sink = { write: async () => {} };
  await expect(writeDecoder(config, weights, { sink, externalName: "data", quantize: "q4" })).resolves.toBeDefined();
});

test("gives the same tensor for the same seed, in whatever order tensors are read", async () => {
  const first = randomWeights(tinyConfig, 7);
  const second = randomWeights(tinyConfig, 7);
  await second.read("model.embed_tokens.weight");

  expect(await second.read(GATE)).toEqual(await first.read(GATE));
});

test("gives other numbers for another seed and another name", async () => {
  const weights = randomWeights(tinyConfig, 7);
  const gate = await weights.read(GATE);

  expect(await randomWeights(tinyConfig, 8).read(GATE)).not.toEqual(gate);
  expect(await weights.read("model.layers.1.mlp.up_proj.weight")).not.toEqual(gate);
});

test("norms are 1; a matrix's elements have mean 0 and variance 1 / columns", async () => {
  const weights = randomWeights(tinyConfig, 7);
  const { hidden, ffn } = tinyConfig;
  const norm = toFloat32("BF16", await weights.read("model.norm.weight"));
  const gate = toFloat32("BF16", await weights.read(GATE));
  const mean = gate.reduce((sum, value) => sum + value, 0) / gate.length;
  const variance = gate.reduce((sum, value) => sum + value * value, 0) / gate.length;

  expect(norm.every((value) => value === 1)).toBe(true);
  // Five standard errors of a uniform distribution: spread / sqrt(n), and variance * sqrt(0.8 / n).
  expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(hidden * hidden * ffn));
  expect(Math.abs(variance * hidden - 1)).toBeLessThan(5 * Math.sqrt(0.8 / (hidden * ffn)) + 2 ** -7); // bfloat16 truncates
});

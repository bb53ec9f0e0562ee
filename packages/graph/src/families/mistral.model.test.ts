import { expect, test } from "vitest";
import type { DecoderConfig } from "../decoder-config.ts";
import { parseHfConfig } from "../hf-config.ts";
import { largestDifference, safetensorsOf, tinyFields } from "../testing/family-case.ts";
import { randomWeights, tinyConfig } from "../testing/random-model.ts";

const json = {
  ...tinyFields,
  architectures: ["MistralForCausalLM"],
  num_hidden_layers: 2,
  sliding_window: 4,
};

const expected: DecoderConfig = { ...tinyConfig, family: "mistral", slidingWindow: 4 };

test("Mistral's config.json says what is in a model of this family", () => {
  expect(parseHfConfig(json)).toEqual(expected);
});

// GGUF files of the family are Llama's and have no window.
test("Mistral from safetensors gives the reference's logits", async () => {
  const weights = randomWeights(expected, 16);
  const actual = { config: parseHfConfig(json), weights: await safetensorsOf(expected, weights) };

  expect(await largestDifference(expected, weights, actual)).toBeLessThan(2e-5);
});

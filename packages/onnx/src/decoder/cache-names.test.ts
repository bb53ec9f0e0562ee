import { expect, test } from "vitest";
import { KNOWN_CACHE_NAMES, pairCaches } from "./cache-names.ts";

const info = (name: string) => ({ name, type: "float32", shape: [1, 1, "past", 8] }) as const;
const pairs = (inputs: readonly string[], outputs: readonly string[], names = KNOWN_CACHE_NAMES) =>
  pairCaches(inputs.map(info), outputs.map(info), names).map(({ input, present }) => [input.name, present]);

test("each cache finds its output by layer, in the order of the inputs", () => {
  const inputs = ["input_ids", "past_key_values.0.key", "past_key_values.0.value", "past_key_values.11.key"];
  const outputs = ["logits", "present.11.key", "present.0.value", "present.0.key"];

  expect(pairs(inputs, outputs)).toEqual([
    ["past_key_values.0.key", "present.0.key"],
    ["past_key_values.0.value", "present.0.value"],
    ["past_key_values.11.key", "present.11.key"],
  ]);
});

test("stacked caches are known, and other spellings can be given", () => {
  expect(pairs(["past_3"], ["present_3"])).toEqual([["past_3", "present_3"]]);
  expect(pairs(["k_in_2_x"], ["k_out_2"], { "k_in_%d_x": "k_out_%d" })).toEqual([["k_in_2_x", "k_out_2"]]);
});

test("names that only look like caches are left alone", () => {
  expect(pairs(["past_", "past_x", "past_1_2", "xpast_1", "past_1x"], ["present_1"])).toEqual([]);
});

test("a cache without its output is refused", () => {
  expect(() => pairs(["past_1"], ["present_2"])).toThrow(/past_1 has no output present_1/);
});

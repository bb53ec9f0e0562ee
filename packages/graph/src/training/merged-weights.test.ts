import { expect, test } from "vitest";
import type { Weights } from "../weights.ts";
import { mergedWeights } from "./merged-weights.ts";

const base = tensors({
  "model.layers.0.self_attn.q_proj.weight": [
    [2, 3],
    [1, 2, 3, 4, 5, 6],
  ],
  "model.norm.weight": [[3], [7, 8, 9]],
});
const change = {
  "model.layers.0.self_attn.q_proj.lora_A": [
    [1, 3],
    [1, 10, 100],
  ],
  "model.layers.0.self_attn.q_proj.lora_B": [
    [2, 1],
    [2, -1],
  ],
} as const;

test("a changed matrix is W + alpha / rank * B A; others stay", async () => {
  const merged = mergedWeights(base, tensors(change), { rank: 1, alpha: 0.5 });

  expect(await floats(merged, "model.layers.0.self_attn.q_proj.weight")).toEqual([2, 12, 103, 3.5, 0, -44]);
  expect(await floats(merged, "model.norm.weight")).toEqual([7, 8, 9]);
});

test("alpha is twice the rank where none is given, as in training", async () => {
  const merged = mergedWeights(base, tensors(change), { rank: 1 });

  expect((await floats(merged, "model.layers.0.self_attn.q_proj.weight"))[0]).toBe(1 + 2 * 2 * 1);
});

test("the base is not touched", async () => {
  const merged = mergedWeights(base, tensors(change), { rank: 1 });
  await merged.read("model.layers.0.self_attn.q_proj.weight");

  expect(await floats(base, "model.layers.0.self_attn.q_proj.weight")).toEqual([1, 2, 3, 4, 5, 6]);
});

test("PEFT's names are understood", async () => {
  const named = Object.fromEntries(
    Object.entries(change).map(([name, tensor]) => [`base_model.model.${name}.weight`, tensor]),
  );

  const merged = mergedWeights(base, tensors(named), { rank: 1, alpha: 0.5 });

  expect((await floats(merged, "model.layers.0.self_attn.q_proj.weight"))[0]).toBe(2);
});

test.each<[string, Tensors, RegExp]>([
  ["a tensor that is no change", { "model.norm.weight": [[3], [1, 1, 1]] }, /is no low-rank change/],
  [
    "a change of what the checkpoint lacks",
    {
      "lm_head.lora_A": [
        [1, 3],
        [1, 1, 1],
      ],
    },
    /is no matrix here/,
  ],
  [
    "a change of a vector",
    {
      "model.norm.lora_A": [
        [1, 3],
        [1, 1, 1],
      ],
    },
    /is no matrix here/,
  ],
  [
    "half a change",
    {
      "model.layers.0.self_attn.q_proj.lora_A": [
        [1, 3],
        [1, 1, 1],
      ],
    },
    /lacks lora_B/,
  ],
  [
    "another width",
    {
      ...change,
      "model.layers.0.self_attn.q_proj.lora_A": [
        [1, 2],
        [1, 1],
      ],
    },
    /has shape \[1, 2\] for \[1, 3\]/,
  ],
])("an adapter with %s is refused", (_, adapter, message) => {
  expect(() => mergedWeights(base, tensors(adapter), { rank: 1 })).toThrow(message);
});

test("an adapter of another rank is refused", () => {
  expect(() => mergedWeights(base, tensors(change), { rank: 2 })).toThrow(/has shape \[1, 3\] for \[2, 3\]/);
});

// --- internal ---

type Tensors = Readonly<Record<string, readonly [shape: readonly number[], values: readonly number[]]>>;

function tensors(content: Tensors): Weights {
  return {
    tensors: new Map(Object.entries(content).map(([name, [shape]]) => [name, { type: "F32", shape }])),
    read: async (name) => new Uint8Array(Float32Array.from(content[name]![1]).buffer),
  };
}

async function floats(weights: Weights, name: string): Promise<number[]> {
  return Array.from(new Float32Array((await weights.read(name)).buffer));
}

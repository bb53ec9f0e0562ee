import { ggmlByteLength } from "@palaver/formats";
import { expect, test } from "vitest";
import type { DecoderConfig } from "./decoder-config.ts";
import { referenceLogits } from "./reference/reference-logits.ts";
import { ropeFrequencies } from "./rope-table.ts";
import type { RoundedTensor } from "./rounding-error.ts";
import { asCheckpoint, llama3Scaling, randomWeights, tinyConfig } from "./testing/random-model.ts";
import { runDecoder } from "./testing/run-decoder.ts";
import { weightShapes } from "./weight-shapes.ts";
import type { WeightType } from "./weight-type.ts";
import { ROPE_FACTORS, type WeightInfo, type Weights } from "./weights.ts";
import { writeDecoder } from "./write-decoder.ts";

const ids = [3, 77, 12, 130, 0, 45, 9, 88];

// K-quants have rows of 256.
const config: DecoderConfig = {
  ...tinyConfig,
  layers: 1,
  hidden: 256,
  heads: 4,
  headDim: 64,
  ffn: 256,
  tiedHead: true,
};

/** Where each type keeps its float16 scales in a block, as byte offsets. */
const scales: Partial<Record<WeightType, readonly number[]>> = {
  Q4_0: [0],
  Q4_1: [0, 2],
  Q5_0: [0],
  Q5_1: [0, 2],
  Q8_0: [0],
  Q4_K: [0, 2],
  Q5_K: [0, 2],
  Q6_K: [208],
};

/** Any blocks, with scales that keep the weights small. */
function randomBlocks(type: WeightType, shape: readonly number[], seed: number): Uint8Array {
  const bytes = new Uint8Array(ggmlByteLength(type, shape)!);
  for (let i = 0, state = seed; i < bytes.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  const block = ggmlByteLength(type, [type.endsWith("K") ? 256 : 32])!;
  const bits = type.endsWith("K") ? 0x0200 : type === "Q8_0" ? 0x0c00 : 0x1800;
  for (let at = 0; at < bytes.length; at += block) {
    for (const offset of scales[type] ?? []) new DataView(bytes.buffer).setUint16(at + offset, bits, true);
  }
  return bytes;
}

/** A checkpoint whose matrices have the given types. */
function mixed(types: Readonly<Record<string, WeightType>>): Weights {
  const plain = randomWeights(config, 5);
  const tensors = new Map<string, WeightInfo>();
  const bytes = new Map<string, Uint8Array>();
  for (const [index, [name, shape]] of weightShapes(config).entries()) {
    const type = Object.entries(types).find(([part]) => name.includes(part))?.[1] ?? "F32";
    const content = type === "F32" ? new Uint8Array(plain.get(name)!.buffer) : randomBlocks(type, shape, index + 1);
    tensors.set(name, { type, shape });
    bytes.set(name, content);
  }
  return { tensors, read: async (name) => bytes.get(name)! };
}

/** The graph's error against the checkpoint's own numbers, relative. */
async function error(types: Readonly<Record<string, WeightType>>): Promise<number> {
  const weights = mixed(types);
  const expected = (await referenceLogits(config, weights, ids)).flat();
  const decoder = await runDecoder(config, weights, { accuracyLevel: 0 });
  const actual = (await decoder.step(ids)).flat();
  await decoder.close();
  return Math.hypot(...expected.map((value, i) => value - actual[i]!)) / Math.hypot(...expected);
}

test("Q4_0 and Q8_0 side by side are exact, in one layer and in one attention", async () => {
  const types = { q_proj: "Q4_0", k_proj: "Q4_0", v_proj: "Q8_0", mlp: "Q4_0", o_proj: "Q8_0", embed: "Q4_0" } as const;

  expect(await error(types)).toBeLessThan(1e-5);
});

test.each(["Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"] as const)(
  "%s becomes 8 bits and stays within 2 hundredths, whatever its scales",
  async (type) => {
    expect(await error({ proj: type, embed: type })).toBeLessThan(0.02);
  },
);

test.each(["Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"] as const)(
  "%s: what rounding to 8 bits loses is told for each matrix",
  async (type) => {
    const rounded: RoundedTensor[] = [];
    const sink = { write: async () => {} };
    const onRounded = (tensor: RoundedTensor) => rounded.push(tensor);

    await writeDecoder(config, mixed({ proj: type, embed: type }), { sink, externalName: "data", onRounded });

    expect(rounded).toHaveLength(8);
    for (const { from, form, squaredError, squares } of rounded) {
      expect({ from, form }).toEqual({ from: type, form: { bits: 8, block: 32 } });
      // An element is off by half a step, its block's largest over 254; that largest alone is a block's least norm.
      expect(Math.sqrt(squaredError / squares)).toBeLessThan(Math.sqrt(32) / 254);
    }
  },
);

test("a checkpoint's own rotary factors act as the scaling that they stand for", async () => {
  const scaled: DecoderConfig = { ...tinyConfig, ropeTheta: 100, ropeScaling: llama3Scaling };
  const plain: DecoderConfig = { ...scaled, ropeScaling: { type: "none" } };
  const base = ropeFrequencies(plain);
  const factors = Float32Array.from(ropeFrequencies(scaled), (frequency, pair) => base[pair]! / frequency);
  const values = new Map([...randomWeights(plain, 2)]);
  const checkpoint = asCheckpoint(plain, values);
  const weights: Weights = {
    tensors: new Map([...checkpoint.tensors, [ROPE_FACTORS, { type: "F32", shape: [factors.length] }]]),
    read: async (name) => (name === ROPE_FACTORS ? new Uint8Array(factors.buffer) : checkpoint.read(name)),
  };
  const expected = await referenceLogits(scaled, asCheckpoint(scaled, values), ids);

  const decoder = await runDecoder(plain, weights);
  const actual = await decoder.step(ids);
  await decoder.close();

  const differences = expected.flatMap((row, i) => row.map((value, j) => Math.abs(value - actual[i]![j]!)));
  expect(Math.max(...differences)).toBeLessThan(2e-5);
});

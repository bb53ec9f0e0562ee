import { float32ToBfloat16, quantizeQ4_0 } from "@palaver/formats";
import { expect, test } from "vitest";
import { quantizeRows, repackBlocks, widenBlocks } from "../block-matrix.ts";
import type { WeightType } from "../weight-type.ts";
import type { Weights } from "../weights.ts";
import { trainingData } from "./training-data.ts";

const name = "model.layers.0.mlp.up_proj";
const form = { bits: 4, block: 32 } as const;
const values = Float32Array.from({ length: 2 * 64 }, (_, i) => Math.sin(i * 3.1));
const codes = { name: `${name}.codes`, shape: [2, 2, 16], decay: false, type: "uint8" } as const;
const scales = { name: `${name}.scales`, shape: [2, 2], decay: false };

test("floats of any width become float32", async () => {
  const halves = float32ToBfloat16(Float32Array.of(1, -2.5, 0.125));

  const data = await trainingData(checkpoint("model.norm.weight", "BF16", [3], halves), {
    name: "model.norm.weight",
    shape: [3],
    decay: false,
  });

  expect(data).toEqual(Float32Array.of(1, -2.5, 0.125));
});

test("a matrix in blocks is the rounded one, in codes and scales", async () => {
  const weights = checkpoint(`${name}.weight`, "F32", [2, 64], values);

  const widened = widenBlocks(
    {
      codes: (await trainingData(weights, codes)) as Uint8Array,
      scales: (await trainingData(weights, scales)) as Float32Array,
    },
    64,
    form,
  );

  expect(widened).toEqual(widenBlocks(quantizeRows(values, 64, form), 64, form));
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])("%d in a matrix that is to be rounded is refused", async (value) => {
  const broken = values.with(40, value);
  const weights = checkpoint(`${name}.weight`, "F32", [2, 64], broken);

  await expect(trainingData(weights, codes)).rejects.toMatchObject({
    code: "ERR_FORMAT",
    details: { tensor: `${name}.weight` },
  });
});

test("Q4_0 blocks stay as they are", async () => {
  const blocks = quantizeQ4_0(values);
  const weights = checkpoint(`${name}.weight`, "Q4_0", [2, 64], blocks);

  expect(await trainingData(weights, codes)).toEqual(repackBlocks("Q4_0", blocks).codes);
  expect(await trainingData(weights, scales)).toEqual(repackBlocks("Q4_0", blocks).scales);
});

test("a matrix can be written to without changing the checkpoint", async () => {
  const weights = checkpoint(`${name}.weight`, "F32", [2, 64], values);

  const data = await trainingData(weights, { name: `${name}.weight`, shape: [2, 64], decay: true });
  data.fill(0);

  expect(values[1]).not.toBe(0);
});

test("a tensor that is missing or of another shape is refused by its name", async () => {
  const weights = checkpoint(`${name}.weight`, "F32", [2, 64], values);
  const other = { name: `${name}.weight`, shape: [64, 2], decay: true };

  await expect(trainingData(weights, { ...other, name: "lm_head.weight" })).rejects.toThrow(/lm_head\.weight/);
  await expect(trainingData(weights, other)).rejects.toThrow(/has shape \[2, 64\], its config says \[64, 2\]/);
});

// --- internal ---

function checkpoint(tensor: string, type: WeightType, shape: readonly number[], content: ArrayBufferView): Weights {
  return {
    tensors: new Map([[tensor, { type, shape }]]),
    read: async () => new Uint8Array(content.buffer, content.byteOffset, content.byteLength),
  };
}

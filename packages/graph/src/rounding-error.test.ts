import { quantizeQ4_0 } from "@palaver/formats";
import { expect, test } from "vitest";
import { type BlockForm, quantizeRows, widenBlocks } from "./block-matrix.ts";
import { fillInt8Rows, int8Matrix, widenInt8 } from "./int8-matrix.ts";
import { addRoundingError, type RoundedTensor } from "./rounding-error.ts";
import { asCheckpoint, randomWeights, tinyConfig } from "./testing/random-model.ts";
import type { QuantizeOptions } from "./weight-form.ts";
import type { Weights } from "./weights.ts";
import { writeDecoder } from "./write-decoder.ts";

const weights = randomWeights(tinyConfig, 4);
const sink = { write: async () => {} };

async function roundedBy(source: Weights, quantize: QuantizeOptions["quantize"]): Promise<RoundedTensor[]> {
  const rounded: RoundedTensor[] = [];
  const onRounded = (tensor: RoundedTensor) => rounded.push(tensor);
  await writeDecoder(tinyConfig, source, { sink, externalName: "data", quantize, onRounded });
  return rounded;
}

test.each<[BlockForm, number]>([
  [{ bits: 4, block: 32 }, 96],
  [{ bits: 8, block: 64 }, 100],
  [{ bits: 4, block: 128 }, 83],
])("%j: the sums are those over the widened elements, rows of %d", (form, columns) => {
  const values = weights.get("model.embed_tokens.weight")!.slice(0, 5 * columns);
  const blocks = quantizeRows(values, columns, form);
  const error = { squaredError: 0, squares: 0 };

  addRoundingError(error, values, blocks, { columns, form });

  const widened = widenBlocks(blocks, columns, form);
  const lost = values.reduce((sum, value, i) => sum + (value - widened[i]!) ** 2, 0);
  const all = values.reduce((sum, value) => sum + value ** 2, 0);
  // Widened elements are float32, so the sums agree to its rounding.
  expect(error.squaredError / lost).toBeCloseTo(1, 6);
  expect(error.squares / all).toBeCloseTo(1, 6);
});

test("rows in int8: the sums are those over the widened elements", () => {
  const [rows, columns] = [5, 96];
  const values = weights.get("model.embed_tokens.weight")!.slice(0, rows * columns);
  const matrix = int8Matrix(rows, columns);

  const error = fillInt8Rows(matrix, { type: "F32", rows, columns, bytes: new Uint8Array(values.buffer) }, 0);

  const widened = widenInt8(matrix);
  const lost = values.reduce((sum, value, i) => sum + (value - widened[i]!) ** 2, 0);
  const all = values.reduce((sum, value) => sum + value ** 2, 0);
  expect(error.squaredError / lost).toBeCloseTo(1, 4);
  expect(error.squares / all).toBeCloseTo(1, 6);
});

test("matrices in int8 are told as well, each once", async () => {
  const rounded = await roundedBy(asCheckpoint(tinyConfig, weights), "int8");

  const matrices = [...weights.keys()].filter((name) => /proj|embed|head/.test(name));
  expect(rounded.map(({ tensor }) => tensor).toSorted()).toEqual(matrices.toSorted());
  expect(rounded.find(({ tensor }) => tensor.includes("up_proj"))?.form).toEqual({ bits: 8, block: "row" });
  for (const { squaredError, squares } of rounded) {
    expect(squaredError).toBeGreaterThan(0);
    // Uniform errors of at most half a step, which is a 126th of a row's largest element.
    expect(Math.sqrt(squaredError / squares)).toBeLessThan(0.02);
  }
});

const broken = (["q4", "q8", "int8"] as const).flatMap((quantize) =>
  [Number.NaN, Number.NEGATIVE_INFINITY].map((value) => ({ quantize, value })),
);

test.each(broken)("$quantize: a tensor that holds $value is refused by its name", async ({ quantize, value }) => {
  const tensor = "model.layers.1.mlp.up_proj.weight";
  const spoiled = new Map(weights).set(tensor, weights.get(tensor)!.with(1000, value));

  const writing = roundedBy(asCheckpoint(tinyConfig, spoiled), quantize);

  await expect(writing).rejects.toMatchObject({ code: "ERR_FORMAT", message: expect.stringContaining(tensor) });
});

test.each(["q4", "none"] as const)(
  "%s: a norm that holds what is no number is refused by its name",
  async (quantize) => {
    const tensor = "model.layers.1.input_layernorm.weight";
    const spoiled = new Map(weights).set(tensor, weights.get(tensor)!.with(3, Number.NaN));

    const writing = roundedBy(asCheckpoint(tinyConfig, spoiled), quantize);

    await expect(writing).rejects.toMatchObject({ code: "ERR_FORMAT", message: expect.stringContaining(tensor) });
  },
);

test("blocks that are kept with a scale that is no number are refused by their tensor's name", async () => {
  const tensor = "model.layers.1.mlp.up_proj.weight";
  const blocks = quantizeQ4_0(weights.get(tensor)!);
  blocks.set([0x00, 0x7e], 18 * 5); // the sixth block's scale, in float16
  const checkpoint = asCheckpoint(tinyConfig, weights);
  const spoiled: Weights = {
    tensors: new Map(checkpoint.tensors).set(tensor, { ...checkpoint.tensors.get(tensor)!, type: "Q4_0" }),
    read: async (name) => (name === tensor ? blocks : checkpoint.read(name)),
  };

  const writing = roundedBy(spoiled, "q4");

  await expect(writing).rejects.toMatchObject({ code: "ERR_FORMAT", message: expect.stringContaining(tensor) });
});

test("each matrix of a quantized checkpoint is told once, with its type and form", async () => {
  const rounded = await roundedBy(asCheckpoint(tinyConfig, weights), "q4");

  const matrices = [...weights.keys()].filter((name) => /proj|embed|head/.test(name));
  expect(rounded.map(({ tensor }) => tensor).toSorted()).toEqual(matrices.toSorted());
  expect(rounded.find(({ tensor }) => tensor.includes("up_proj"))).toMatchObject({
    from: "F32",
    form: { bits: 4, block: 32 },
  });
  for (const { squaredError, squares, form } of rounded) {
    // Uniform errors of at most half a step, which is an eighth or a 127th of a block's largest element.
    expect(Math.sqrt(squaredError / squares)).toBeLessThan(form.bits === 4 ? 0.15 : 0.01);
    expect(squaredError).toBeGreaterThan(0);
  }
});

test("what is stored exactly is not told: floats as floats, blocks as the same blocks", async () => {
  const checkpoint = asCheckpoint(tinyConfig, weights);
  const blocks: Weights = {
    tensors: new Map(
      [...checkpoint.tensors].map(([name, info]) => [
        name,
        name.includes("up_proj") ? { ...info, type: "Q4_0" as const } : info,
      ]),
    ),
    read: async (name) => (name.includes("up_proj") ? quantizeQ4_0(weights.get(name)!) : checkpoint.read(name)),
  };

  expect(await roundedBy(blocks, "none")).toEqual([]);
});

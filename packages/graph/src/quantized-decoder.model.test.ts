import { expect, test } from "vitest";
import { quantizeRows, widenBlocks } from "./block-matrix.ts";
import type { DecoderConfig } from "./decoder-config.ts";
import { fillInt8Rows, int8Matrix, widenInt8 } from "./int8-matrix.ts";
import { referenceLogits } from "./reference/reference-logits.ts";
import { asCheckpoint, type FloatWeights, randomWeights, tinyConfig } from "./testing/random-model.ts";
import { runDecoder } from "./testing/run-decoder.ts";
import { type QuantizeOptions, weightForm } from "./weight-form.ts";
import { weightShapes } from "./weight-shapes.ts";
import type { Weights } from "./weights.ts";

const ids = [3, 77, 12, 130, 0, 45, 9, 88, 21, 60, 4, 119];

/** The numbers that a quantized graph computes with. */
function rounded(config: DecoderConfig, weights: FloatWeights, options: QuantizeOptions): Weights {
  const shapes = new Map(weightShapes(config));
  const values = new Map(
    [...weights].map(([name, values]) => {
      const columns = shapes.get(name)!.at(-1)!;
      const role = /embed_tokens|lm_head/.test(name) ? "vocabulary" : "layer";
      const form = shapes.get(name)!.length === 2 ? weightForm({ type: "F32", columns }, role, options) : undefined;
      if (form === undefined) return [name, values];
      if (form.block === "row") return [name, roundedRows(values, columns)];
      return [name, widenBlocks(quantizeRows(values, columns, form), columns, form)];
    }),
  );
  return asCheckpoint(config, values);
}

function roundedRows(values: Float32Array, columns: number): Float32Array {
  const rows = values.length / columns;
  const matrix = int8Matrix(rows, columns);
  fillInt8Rows(matrix, { type: "F32", rows, columns, bytes: new Uint8Array(values.buffer) }, 0);
  return widenInt8(matrix);
}

function largest(expected: number[][], actual: number[][]): number {
  return Math.max(...expected.flatMap((row, i) => row.map((value, j) => Math.abs(value - actual[i]![j]!))));
}

const forms = (["q4", "q8"] as const).flatMap((quantize) =>
  ([32, 64, 128] as const).flatMap((block) => [true, false].map((tiedHead) => ({ quantize, block, tiedHead }))),
);

test.each(forms)(
  "$quantize in blocks of $block, tied head $tiedHead: the graph computes with the rounded weights",
  async (form) => {
    const config = { ...tinyConfig, tiedHead: form.tiedHead, attentionBias: true, ffn: 172 };
    const weights = randomWeights(config, 11);
    const expected = await referenceLogits(config, rounded(config, weights, form), ids);

    const decoder = await runDecoder(config, asCheckpoint(config, weights), { ...form, accuracyLevel: 0 });
    const actual = await decoder.step(ids);
    await decoder.close();

    expect(largest(expected, actual)).toBeLessThan(5e-5);
  },
);

test.each(["q4", "q8"] as const)("%s: everything that families add goes with quantized weights", async (quantize) => {
  const config: DecoderConfig = {
    ...tinyConfig,
    headDim: 32,
    qkNorm: true,
    packedProjections: true,
    postNorms: true,
    normOffset: 1,
    embeddingScale: 9.8,
    activation: "gelu-tanh",
    attentionSoftcap: 0.5,
    logitSoftcap: 2,
    tiedHead: true,
  };
  const weights = randomWeights(config, 11);
  const expected = await referenceLogits(config, rounded(config, weights, { quantize }), ids);

  const decoder = await runDecoder(config, asCheckpoint(config, weights), { quantize, accuracyLevel: 0 });
  const actual = await decoder.step(ids);
  await decoder.close();

  expect(largest(expected, actual)).toBeLessThan(5e-5);
});

test.each(forms)(
  "$quantize in blocks of $block, tied head $tiedHead: products in int8 stay within 4 %",
  async (form) => {
    const config = { ...tinyConfig, tiedHead: form.tiedHead };
    const weights = randomWeights(config, 11);
    const expected = (await referenceLogits(config, rounded(config, weights, form), ids)).flat();

    const decoder = await runDecoder(config, asCheckpoint(config, weights), form);
    const actual = (await decoder.step(ids)).flat();
    await decoder.close();

    const error = Math.hypot(...expected.map((value, i) => value - actual[i]!)) / Math.hypot(...expected);
    expect(error).toBeLessThan(0.04);
  },
);

test.each([true, false])("int8, tied head %s: rounding rows moves the logits by less than a 25th", async (tiedHead) => {
  const config = { ...tinyConfig, tiedHead, attentionBias: true, outputBias: true, ffn: 172 };
  const weights = randomWeights(config, 11);
  const expected = (await referenceLogits(config, rounded(config, weights, { quantize: "int8" }), ids)).flat();

  const decoder = await runDecoder(config, asCheckpoint(config, weights), { quantize: "int8" });
  const actual = (await decoder.step(ids)).flat();
  await decoder.close();

  const error = Math.hypot(...expected.map((value, i) => value - actual[i]!)) / Math.hypot(...expected);
  expect(error).toBeLessThan(0.04);
});

test("int8: a prompt in pieces of two or more has the same logits, bit by bit", async () => {
  const quantize = "int8";
  const checkpoint = asCheckpoint(tinyConfig, randomWeights(tinyConfig, 5));
  const whole = await runDecoder(tinyConfig, checkpoint, { quantize });
  const expected = await whole.step(ids);
  await whole.close();

  for (const size of [2, 3, 5, 7]) {
    const parts = await runDecoder(tinyConfig, checkpoint, { quantize });
    const actual: number[][] = [];
    // The last piece takes what is left over, so that none has a single token.
    for (let at = 0; at < ids.length; ) {
      const end = ids.length - at - size < 2 ? ids.length : at + size;
      actual.push(...(await parts.step(ids.slice(at, end))));
      at = end;
    }
    await parts.close();
    expect(actual, `pieces of ${size}`).toEqual(expected);
  }
});

test("int8: a row of zeros stays zeros", async () => {
  const weights = randomWeights({ ...tinyConfig, tiedHead: true }, 3);
  weights.get("model.embed_tokens.weight")!.fill(0, 0, tinyConfig.hidden); // token 0

  const decoder = await runDecoder({ ...tinyConfig, tiedHead: true }, asCheckpoint(tinyConfig, weights), {
    quantize: "int8",
  });
  const [logits] = await decoder.step([0]);
  await decoder.close();

  expect(logits!.every((logit) => logit === 0)).toBe(true);
});

test.each(["none", "q4", "q8"] as const)(
  "%s: a step that wants no logits fills the cache all the same",
  async (quantize) => {
    const checkpoint = asCheckpoint(tinyConfig, randomWeights(tinyConfig, 3));
    const whole = await runDecoder(tinyConfig, checkpoint, { quantize });
    const parts = await runDecoder(tinyConfig, checkpoint, { quantize });

    const expected = (await whole.step(ids)).slice(-1);
    const nothing = await parts.step(ids.slice(0, -2), []);
    const actual = await parts.step(ids.slice(-2), [1]);
    await whole.close();
    await parts.close();

    expect(nothing).toEqual([]);
    expect(largest(expected, actual)).toBeLessThan(2e-5);
  },
);

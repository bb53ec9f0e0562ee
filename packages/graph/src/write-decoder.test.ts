import { isPalaverError } from "@palaver/core";
import { type OnnxModel, parseOnnx } from "@palaver/formats";
import { expect, test } from "vitest";
import type { DecoderConfig } from "./decoder-config.ts";
import { decoderValues, parseDecoderMetadata } from "./decoder-form.ts";
import { randomWeights as lazyWeights } from "./random-weights.ts";
import { asCheckpoint, randomWeights, tinyConfig } from "./testing/random-model.ts";
import type { WeightInfo, Weights } from "./weights.ts";
import { type WriteDecoderOptions, writeDecoder } from "./write-decoder.ts";

type Options = Omit<WriteDecoderOptions, "sink" | "externalName">;

/** A written model with the bytes that went to its data file. */
async function write(
  config: DecoderConfig,
  weights: Weights,
  options: Options = {},
): Promise<{ model: OnnxModel; dataBytes: number; largestWrite: number }> {
  let dataBytes = 0;
  let largestWrite = 0;
  const sink = {
    write: async (bytes: Uint8Array) => {
      dataBytes += bytes.byteLength;
      largestWrite = Math.max(largestWrite, bytes.byteLength);
    },
  };
  const model = parseOnnx(await writeDecoder(config, weights, { ...options, sink, externalName: "weights.bin" }));
  return { model, dataBytes, largestWrite };
}

const checkpoint = asCheckpoint(tinyConfig, randomWeights(tinyConfig, 1));

/** The checkpoint with some tensors changed, added or taken away. */
function changed(changes: Readonly<Record<string, WeightInfo | undefined>>): Weights {
  const tensors = new Map(checkpoint.tensors);
  for (const [name, info] of Object.entries(changes)) {
    if (info === undefined) tensors.delete(name);
    else tensors.set(name, info);
  }
  return { ...checkpoint, tensors };
}

async function refusal(weights: Weights, options: Options = {}): Promise<unknown> {
  return write(tinyConfig, weights, options).catch((error: unknown) => error);
}

test("the model says what its driver needs to know", async () => {
  const { model } = await write(
    { ...tinyConfig, headDim: 8 },
    asCheckpoint({ ...tinyConfig, headDim: 8 }, randomWeights({ ...tinyConfig, headDim: 8 }, 1)),
  );

  expect(parseDecoderMetadata(model.metadata ?? {})).toEqual({
    contextTokens: 64,
    layers: 2,
    kvHeads: 2,
    headDim: 16,
    vocab: 131,
    cacheType: "float32",
  });
  expect(model.graph.inputs.map((input) => input.name)).toEqual([
    "input_ids",
    "seqlens_k",
    "total_sequence_length",
    "logit_rows",
    ...[0, 1].flatMap((layer) => [decoderValues.pastKey(layer), decoderValues.pastValue(layer)]),
  ]);
  expect(model.graph.outputs.map((output) => output.name)).toEqual([
    "logits",
    ...[0, 1].flatMap((layer) => [decoderValues.presentKey(layer), decoderValues.presentValue(layer)]),
  ]);
});

test("metadata of another model are none of this form", () => {
  expect(parseDecoderMetadata({ producer: "somebody" })).toBeUndefined();
});

test("every external tensor lies in the data file, on a page of its own", async () => {
  const { model, dataBytes } = await write(tinyConfig, checkpoint);

  for (const { data } of model.graph.initializers) {
    if (data instanceof Uint8Array) continue;
    expect(data.location).toBe("weights.bin");
    expect(data.offset % 4096).toBe(0);
    expect(data.offset + data.length).toBeLessThanOrEqual(dataBytes);
  }
});

test("a tied head adds no second table", async () => {
  const tied = { ...tinyConfig, tiedHead: true };
  const own = await write(tinyConfig, checkpoint);
  const shared = await write(tied, asCheckpoint(tied, randomWeights(tied, 1)));

  expect(own.dataBytes - shared.dataBytes).toBeGreaterThanOrEqual(131 * 96 * 4);
});

test("each tensor is read once", async () => {
  const reads: string[] = [];
  const counting: Weights = {
    ...checkpoint,
    read: (name) => {
      reads.push(name);
      return checkpoint.read(name);
    },
  };

  await write(tinyConfig, counting, { quantize: "q4" });

  expect(reads.toSorted()).toEqual([...checkpoint.tensors.keys()].toSorted());
});

test("progress ends at the checkpoint's size", async () => {
  const seen: number[] = [];
  let total = 0;

  await write(tinyConfig, checkpoint, {
    onProgress: ({ doneBytes, totalBytes }) => {
      seen.push(doneBytes);
      total = totalBytes;
    },
  });

  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(seen.at(-1)).toBe(total);
});

test("a shorter context makes shorter tables", async () => {
  const { model } = await write(tinyConfig, checkpoint, { contextTokens: 16 });

  expect(model.graph.initializers.find((tensor) => tensor.name === "rope.cos")?.shape).toEqual([16, 8]);
  expect(parseDecoderMetadata(model.metadata ?? {})?.contextTokens).toBe(16);
});

test("an abort ends the writing with the signal's reason", async () => {
  const controller = new AbortController();
  const reason = new RangeError("enough");
  const onProgress = () => controller.abort(reason);

  expect(await refusal(checkpoint, { signal: controller.signal, onProgress })).toBe(reason);
});

test.each<[string, Weights, string, string]>([
  ["a missing tensor", changed({ "model.norm.weight": undefined }), "ERR_NOT_FOUND", "model.norm.weight"],
  ["a wrong shape", changed({ "lm_head.weight": { type: "F32", shape: [96, 131] } }), "ERR_FORMAT", "lm_head.weight"],
  [
    "another number of dimensions",
    changed({ "model.norm.weight": { type: "F32", shape: [96, 1] } }),
    "ERR_FORMAT",
    "[96]",
  ],
  [
    "bytes that do not fit the type",
    changed({ "model.norm.weight": { type: "F16", shape: [96] } }),
    "ERR_FORMAT",
    "model.norm",
  ],
  [
    "a norm that this family does not have",
    changed({ "model.layers.0.self_attn.q_norm.weight": { type: "F32", shape: [16] } }),
    "ERR_UNSUPPORTED",
    "q_norm",
  ],
])("%s is refused by name", async (_, weights, code, named) => {
  const error = await refusal(weights);

  expect(isPalaverError(error) && error.code).toBe(code);
  expect((error as Error).message).toContain(named);
});

test.each<[string, Weights]>([
  ["the last tensor is missing", changed({ "lm_head.weight": undefined })],
  ["the last tensor has another shape", changed({ "lm_head.weight": { type: "F32", shape: [131, 95] } })],
  ["a tensor has no place", changed({ "model.layers.9.mlp.up_proj.weight": { type: "F32", shape: [160, 96] } })],
])("where %s nothing is read and nothing written", async (_, weights) => {
  const done: string[] = [];
  const sink = { write: async () => void done.push("write") };
  const watched: Weights = {
    ...weights,
    read: (name) => {
      done.push(name);
      return weights.read(name);
    },
  };

  const error = await writeDecoder(tinyConfig, watched, { sink, externalName: "x" }).catch((reason: unknown) => reason);

  expect(isPalaverError(error)).toBe(true);
  expect(done).toEqual([]);
});

test.each([0, 65, 1.5, Number.NaN])("a context of %d is refused", async (contextTokens) => {
  expect(isPalaverError(await refusal(checkpoint, { contextTokens }), "ERR_INVALID_ARGUMENT")).toBe(true);
});

test("rotary tables that a description alone makes huge are refused", async () => {
  const hostile = { ...tinyConfig, contextTokens: 2 ** 20, headDim: 1024 };
  const error = await write(hostile, lazyWeights(hostile, 1)).catch((reason: unknown) => reason);

  expect(isPalaverError(error, "ERR_LIMIT")).toBe(true);
});

test("buffers that older checkpoints carry are passed over", async () => {
  const { model } = await write(
    tinyConfig,
    changed({ "model.layers.0.self_attn.rotary_emb.inv_freq": { type: "F32", shape: [8] } }),
  );

  expect(model.graph.nodes.length).toBeGreaterThan(0);
});

import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isPalaverError } from "@palaver/core";
import { encodeOnnx, type OnnxTensor, parseOnnx } from "@palaver/formats";
import { describeSharedData } from "@palaver/test-data";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openModel } from "./open-model.ts";

let folder: string;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "palaver-onnx-")), "model");
  await mkdir(join(folder, "onnx"), { recursive: true });
});

afterEach(() => rm(join(folder, ".."), { recursive: true }));

/** A graph without operations. */
function graph(initializers: readonly OnnxTensor[] = [], metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const value = { name: "x", type: "float32", shape: [1] } as const;
  return encodeOnnx({
    irVersion: 8,
    producer: "test",
    opsets: { "": 17 },
    graph: { name: "g", inputs: [value], outputs: [value], initializers, nodes: [] },
    metadata,
  });
}

function external(location: string, length = 8): OnnxTensor {
  return { name: "w", type: "uint8", shape: [length], data: { location, offset: 0, length } };
}

const refusal = (): Promise<unknown> => openModel(folder).catch((error: unknown) => error);

test("model.onnx alone opens, with nothing known about it", async () => {
  await writeFile(join(folder, "model.onnx"), graph());

  expect(await openModel(folder)).toMatchObject({
    name: "model",
    onnxPath: join(folder, "model.onnx"),
    form: { kind: "hub" },
    tokenizer: undefined,
    template: undefined,
    stopIds: [],
  });
});

test("onnx/model.onnx opens with the sizes of config.json", async () => {
  await writeFile(join(folder, "onnx", "model.onnx"), graph());
  await writeFile(
    join(folder, "config.json"),
    '{"model_type":"gpt2","n_layer":5,"n_head":4,"n_embd":32,"n_positions":512,"vocab_size":1000,"eos_token_id":98}',
  );

  expect(await openModel(folder)).toMatchObject({
    onnxPath: join(folder, "onnx", "model.onnx"),
    form: { kind: "hub", layers: 5, kvHeads: 4, headDim: 8, contextTokens: 512, vocabSize: 1000 },
    details: { architecture: "gpt2", contextTokens: 512 },
    stopIds: [98],
  });
});

test("genai_config.json names the graph, its values and its advice", async () => {
  await writeFile(join(folder, "decoder.onnx"), graph());
  const decoder = {
    filename: "decoder.onnx",
    head_size: 64,
    num_hidden_layers: 16,
    num_key_value_heads: 8,
    inputs: {
      input_ids: "tokens",
      past_key_names: "past.%d.k",
      past_value_names: "past.%d.v",
    },
    outputs: { logits: "scores", present_key_names: "now.%d.k", present_value_names: "now.%d.v" },
  };
  const model = { type: "llama", context_length: 4096, vocab_size: 128256, eos_token_id: [128001, 128009], decoder };
  await writeFile(
    join(folder, "genai_config.json"),
    JSON.stringify({ model, search: { temperature: 0.6, top_k: 50 } }),
  );

  expect(await openModel(folder)).toMatchObject({
    onnxPath: join(folder, "decoder.onnx"),
    form: {
      kind: "hub",
      layers: 16,
      kvHeads: 8,
      headDim: 64,
      contextTokens: 4096,
      vocabSize: 128256,
      names: {
        inputIds: "tokens",
        logits: "scores",
        caches: { "past.%d.k": "now.%d.k", "past.%d.v": "now.%d.v" },
      },
    },
    stopIds: [128001, 128009],
    generation: { temperature: 0.6, topK: 50 },
  });
});

test("a graph of Palaver's own form is known by its metadata", async () => {
  const metadata = {
    "palaver.form": "gqa-shared",
    "palaver.context": "64",
    "palaver.kvHeads": "2",
    "palaver.headDim": "16",
    "palaver.layers": "3",
    "palaver.vocab": "100",
  };
  await writeFile(join(folder, "model.onnx"), graph([], metadata));

  expect((await openModel(folder)).form).toEqual({
    kind: "gqa-shared",
    cacheType: "float32",
    contextTokens: 64,
    kvHeads: 2,
    headDim: 16,
    layers: 3,
    vocabSize: 100,
  });
});

test("external data is looked for beside the graph", async () => {
  await writeFile(join(folder, "onnx", "model.onnx"), graph([external("weights.bin")]));
  await writeFile(join(folder, "onnx", "weights.bin"), new Uint8Array(8));

  expect((await openModel(folder)).onnxPath).toBe(join(folder, "onnx", "model.onnx"));
});

test("a graph that is a link, as in the Hub's cache, is given by its place in the folder, beside its data", async () => {
  const repository = join(folder, "models--org--name");
  const snapshot = join(repository, "snapshots", "abc");
  await mkdir(join(snapshot, "onnx"), { recursive: true });
  await mkdir(join(repository, "blobs"));
  await writeFile(join(repository, "blobs", "1"), graph([external("model.onnx_data")]));
  await writeFile(join(repository, "blobs", "2"), new Uint8Array(8));
  await symlink("../../../blobs/1", join(snapshot, "onnx", "model.onnx"));
  await symlink("../../../blobs/2", join(snapshot, "onnx", "model.onnx_data"));

  expect((await openModel(snapshot)).onnxPath).toBe(join(snapshot, "onnx", "model.onnx"));
});

/** A protobuf field: a number of one byte, or bytes. */
function field(number: number, content: number | Uint8Array): Uint8Array {
  if (typeof content === "number") return Uint8Array.of(number * 8, content);
  return Buffer.concat([Uint8Array.of(number * 8 + 2), varint(content.byteLength), content]);
}

function varint(value: number): Uint8Array {
  return value < 0x80
    ? Uint8Array.of(value)
    : Uint8Array.of((value % 0x80) + 0x80, ...varint(Math.floor(value / 0x80)));
}

test("a graph opens however many integers its constants list, more than would be converted", async () => {
  const count = 5_000_000;
  const dims = Buffer.concat([Uint8Array.of(8), varint(count)]);
  const tensor = Buffer.concat([dims, field(2, 7), field(7, new Uint8Array(count))]);
  const bytes = Buffer.concat([field(1, 10), field(7, field(5, tensor))]);
  await writeFile(join(folder, "model.onnx"), bytes);

  expect(await openModel(folder)).toMatchObject({ fileBytes: bytes.byteLength });
  expect(() => parseOnnx(bytes)).toThrow(expect.objectContaining({ code: "ERR_LIMIT" }));
});

test("a graph with an operator that ends the process is refused before the runtime sees it", async () => {
  const table = { name: "w", type: "uint8" as const, shape: [1, 16], data: new Uint8Array(16) };
  const attributes = { block_size: { kind: "int", value: 0 } } as const;
  const node = { op: "GatherBlockQuantized", domain: "com.microsoft", inputs: ["w"], outputs: ["y"], attributes };
  const opsets = { "": 17, "com.microsoft": 1 };
  const outputs = [{ name: "y", type: "float32" as const, shape: [1] }];
  const deadly = { name: "deadly", inputs: [], outputs, initializers: [table], nodes: [node] };
  await writeFile(join(folder, "model.onnx"), encodeOnnx({ irVersion: 8, producer: "", opsets, graph: deadly }));

  expect(await refusal()).toMatchObject({
    code: "ERR_FORMAT",
    message: expect.stringMatching(/model\.onnx.*GatherBlockQuantized/),
  });
});

test("external data that is missing or cut is said to be", async () => {
  await writeFile(join(folder, "model.onnx"), graph([external("weights.bin")]));
  const missing = await refusal();
  await writeFile(join(folder, "weights.bin"), new Uint8Array(7));
  const cut = await refusal();

  expect(isPalaverError(missing, "ERR_NOT_FOUND")).toBe(true);
  expect(isPalaverError(cut, "ERR_FORMAT")).toBe(true);
});

test.each(["../secret", "/etc/passwd", "a/../../b", "C:\\x", "weights.bin\0"])(
  "external data named %j is refused",
  async (location) => {
    // The writer refuses such names, so a harmless one of the same length is written and replaced.
    const harmless = "w".repeat(location.length);
    const bytes = Buffer.from(graph([external(harmless)]));
    bytes.write(location, bytes.indexOf(harmless), "latin1");
    await writeFile(join(folder, "model.onnx"), bytes);

    const error = await refusal();

    expect(isPalaverError(error, "ERR_FORMAT")).toBe(true);
    expect((error as Error).message).toContain("model.onnx");
  },
);

test.each(["../model.onnx", "/etc/passwd", "\\\\server\\x", "nul", 7, {}])(
  "a graph named %j by genai_config.json is refused",
  async (filename) => {
    await writeFile(join(folder, "genai_config.json"), JSON.stringify({ model: { decoder: { filename } } }));

    expect(isPalaverError(await refusal(), "ERR_FORMAT")).toBe(true);
  },
);

test("a graph that genai_config.json names and is missing is ERR_NOT_FOUND", async () => {
  await writeFile(join(folder, "genai_config.json"), '{"model":{"decoder":{"filename":"x.onnx"}}}');

  expect(isPalaverError(await refusal(), "ERR_NOT_FOUND")).toBe(true);
});

test("bytes that are no graph are ERR_FORMAT with the path", async () => {
  await writeFile(join(folder, "model.onnx"), "no graph at all");

  const error = await refusal();

  expect(isPalaverError(error, "ERR_FORMAT")).toBe(true);
  expect((error as Error).message).toContain(join(folder, "model.onnx"));
});

describeSharedData("a published GPT-2", "models/genai/tiny-random-gpt2-fp32", (published) => {
  test("opens without a config or tokenizer", async () => {
    expect(await openModel(published!)).toMatchObject({
      name: "tiny-random-gpt2-fp32",
      onnxPath: join(published!, "past.onnx"),
      form: {
        kind: "hub",
        layers: 5,
        kvHeads: 4,
        headDim: 8,
        contextTokens: 512,
        vocabSize: 1000,
        cacheType: "float32",
        names: { caches: { "past_%d": "present_%d" } },
      },
      tokenizer: undefined,
      template: undefined,
      stopIds: [98],
      bosId: 98,
      // 1,000 tokens and 512 positions of 32, a head of its own, and 12 * 32 * 32 a layer.
      details: { parameters: 2 * 1000 * 32 + 512 * 32 + 5 * 12 * 32 * 32, quantization: "fp32" },
    });
  });
});

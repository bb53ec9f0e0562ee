import { readFileSync } from "node:fs";
import { byteSource } from "@palaver/core";
import { describeSharedData } from "@palaver/test-data";
import { describe, expect, test } from "vitest";
import { dequantize } from "./dequantize.ts";
import { ggufNumber, ggufString, ggufStrings } from "./gguf-value.ts";
import { parseGguf } from "./parse-gguf.ts";
import { parseSafetensors } from "./parse-safetensors.ts";
import { readTensor } from "./read-tensor.ts";
import { ggufBytes, ggufTensor } from "./testing/gguf-bytes.ts";
import { guardedSource } from "./testing/guarded-source.ts";

function file(path: string | URL) {
  return guardedSource(new Uint8Array(readFileSync(path)));
}

describe("a file of the reference implementation", () => {
  const source = file(new URL("../fixtures/values.gguf", import.meta.url));

  test("gives every kind of value with its type", async () => {
    const { version, alignment, metadata } = await parseGguf(source);

    expect({ version, alignment }).toEqual({ version: 3, alignment: 32 });
    expect([...metadata]).toEqual([
      ["general.architecture", { type: "string", value: "llama" }],
      ["a.uint8", { type: "uint8", value: 255 }],
      ["a.int8", { type: "int8", value: -128 }],
      ["a.uint16", { type: "uint16", value: 65535 }],
      ["a.int16", { type: "int16", value: -32768 }],
      ["a.uint32", { type: "uint32", value: 2 ** 32 - 1 }],
      ["a.int32", { type: "int32", value: -(2 ** 31) }],
      ["a.uint64", { type: "uint64", value: 2n ** 64n - 1n }],
      ["a.int64", { type: "int64", value: -(2n ** 63n) }],
      ["a.float32", { type: "float32", value: Math.fround(0.1) }],
      ["a.float64", { type: "float64", value: 0.1 }],
      ["a.bool", { type: "bool", value: true }],
      ["a.string", { type: "string", value: "größer 🦙" }],
      ["a.strings", { type: "array", itemType: "string", value: ["", "<s>", "▁the"] }],
      ["a.numbers", { type: "array", itemType: "int32", value: Int32Array.of(1, -2, 3) }],
      ["a.floats", { type: "array", itemType: "float32", value: Float32Array.of(0.5, -1.5) }],
      ["a.bools", { type: "array", itemType: "bool", value: [true, false] }],
    ]);
  });

  test("gives tensors with the outermost dimension first", async () => {
    const { tensors } = await parseGguf(source);
    const values = async (name: string) => {
      const { type, shape, ...range } = tensors.get(name)!;
      return [
        ...dequantize(
          type,
          await readTensor(source, range),
          shape.reduce((a, b) => a * b),
        ),
      ];
    };

    expect(tensors.get("matrix")).toMatchObject({ type: "F32", shape: [2, 3], byteLength: 24 });
    expect(await values("matrix")).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await values("half")).toEqual([1, -0.5, 65504]);
    expect(tensors.get("blocks")).toMatchObject({ type: "Q8_0", shape: [2, 32], byteLength: 68 });
    const blocks = await values("blocks");
    blocks.forEach((value, index) => {
      expect(value).toBeCloseTo(-1 + (2 * index) / 63, 2);
    });
  });
});

const model = "models/stories260K-derived";

describeSharedData(
  "a trained model",
  [`${model}/stories260K-f32.gguf`, `${model}/stories260K-q4_0.gguf`, `${model}/model.safetensors`],
  (f32, q40, safetensors) => {
    test("has the weights of its safetensors form", async () => {
      const [gguf, checkpoint] = [file(f32!), file(safetensors!)];
      const [{ tensors }, { tensors: expected }] = [await parseGguf(gguf), await parseSafetensors(checkpoint)];

      for (const [name, other] of [
        ["token_embd.weight", "model.embed_tokens.weight"],
        ["blk.0.attn_v.weight", "model.layers.0.self_attn.v_proj.weight"],
        ["blk.4.ffn_down.weight", "model.layers.4.mlp.down_proj.weight"],
      ] as const) {
        expect(tensors.get(name)!.shape).toEqual(expected.get(other)!.shape);
        const bytes = Buffer.from(await readTensor(gguf, tensors.get(name)!));
        expect(bytes.equals(await readTensor(checkpoint, expected.get(other)!))).toBe(true);
      }
    });

    test("is described without reading its tensors", async () => {
      const source = file(f32!);
      const header = 14_240;

      await parseGguf(source);

      expect(source.bytesRead).toBeLessThan(header + 2 ** 18 + 1);
      expect(source.size).toBeGreaterThan(2 ** 20);
    });

    test("quantized to four bits stays near its weights", async () => {
      const [fine, coarse] = [file(f32!), file(q40!)];
      const [a, b] = [(await parseGguf(fine)).tensors, (await parseGguf(coarse)).tensors];
      const name = "token_embd.weight";

      const exact = dequantize("F32", await readTensor(fine, a.get(name)!), 512 * 64);
      const near = dequantize("Q4_0", await readTensor(coarse, b.get(name)!), 512 * 64);

      const [error, power] = [squares(exact.map((value, i) => value - near[i]!)), squares(exact)];
      expect(b.get(name)!.type).toBe("Q4_0");
      expect(Math.sqrt(error / power)).toBeLessThan(0.1);
    });
  },
);

describeSharedData("a vocabulary", "gguf-vocab/ggml-vocab-deepseek-coder.gguf", (path) => {
  test("is read whole", async () => {
    const { metadata, tensors } = await parseGguf(file(path));

    const tokens = ggufStrings(metadata, "tokenizer.ggml.tokens")!;
    expect(ggufString(metadata, "tokenizer.ggml.model")).toBe("gpt2");
    expect(tokens.length).toBe(ggufNumber(metadata, "llama.vocab_size"));
    expect(tokens).toContain("<｜fim▁hole｜>");
    expect(tensors.size).toBe(0);
  });
});

test("version 2 is laid out as version 3", async () => {
  const bytes = ggufBytes(
    { version: 2, tensors: 1n, entries: 1n, zeros: 64 },
    { text: "k" },
    { u32: 4 },
    { u32: 7 },
    ...ggufTensor("t", [4n], 0, 0n),
  );

  const { version, metadata, tensors } = await parseGguf(byteSource(bytes));

  expect(version).toBe(2);
  expect(ggufNumber(metadata, "k")).toBe(7);
  expect(tensors.get("t")!.offset % 32).toBe(0);
});

test("the file's own alignment places the tensors", async () => {
  const alignment = [{ text: "general.alignment" }, { u32: 4 }, { u32: 256 }];
  const bytes = ggufBytes(
    { tensors: 2n, entries: 1n, zeros: 1000 },
    ...alignment,
    ...ggufTensor("late", [4n], 0, 256n),
    ...ggufTensor("early", [1n, 1n, 1n, 64n], 0, 0n),
  );

  const { tensors } = await parseGguf(byteSource(bytes));

  expect([...tensors].map(([name, { shape, offset }]) => [name, shape, offset])).toEqual([
    ["late", [4], 512],
    ["early", [64, 1, 1, 1], 256],
  ]);
});

test("a type that cannot be dequantized is described all the same", async () => {
  const bytes = ggufBytes({ tensors: 1n, zeros: 500 }, ...ggufTensor("t", [512n, 1n], 23, 0n));

  const { tensors } = await parseGguf(byteSource(bytes));

  expect(tensors.get("t")).toMatchObject({ type: "IQ4_XS", shape: [1, 512], byteLength: 272 });
});

test("a header longer than a chunk is read on, wherever a string or number lies across the border", async () => {
  const strings = Array.from({ length: 60_000 }, (_, index) => `token ${index}`);
  const bytes = ggufBytes(
    { entries: 2n },
    ...[{ text: "tokens" }, { u32: 9 }, { u32: 8 }, { u64: 60_000n }],
    ...strings.map((text) => ({ text })),
    ...[{ text: "last" }, { u32: 4 }, { u32: 9 }],
  );
  const source = guardedSource(bytes);

  const { metadata } = await parseGguf(source);

  expect(ggufStrings(metadata, "tokens")).toEqual(strings);
  expect(ggufNumber(metadata, "last")).toBe(9);
  expect(source.bytesRead).toBeLessThan(bytes.length + 1000);
});

function squares(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

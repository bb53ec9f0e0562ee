import { byteSource } from "@palaver/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSafetensors } from "./parse-safetensors.ts";
import { readTensor, readTensorChunks } from "./read-tensor.ts";
import { SAFETENSORS_BITS, type SafetensorsType } from "./safetensors-type.ts";
import { memorySink } from "./testing/memory-sink.ts";
import {
  encodeSafetensors,
  encodeSafetensorsHeader,
  type SafetensorsContent,
  writeSafetensors,
} from "./write-safetensors.ts";

const name = fc.string({ unit: "grapheme" }).filter((text) => text !== "__metadata__");
const types = Object.keys(SAFETENSORS_BITS) as SafetensorsType[];
const shape = fc.array(fc.nat(3), { maxLength: 4 });
// A last dimension of 8 lets every type end at a whole byte.
const tensor = fc.tuple(fc.constantFrom(...types), shape).chain(([type, outer]) => {
  const size = outer.reduce((product, dimension) => product * dimension, SAFETENSORS_BITS[type]);
  return fc.uint8Array({ minLength: size, maxLength: size }).map((bytes) => ({ type, shape: [...outer, 8], bytes }));
});
const content = fc.record({
  tensors: fc.array(fc.tuple(name, tensor), { maxLength: 6 }).map((list) => new Map(list)),
  metadata: fc
    .array(fc.tuple(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" })), { maxLength: 3 })
    .map((list) => new Map(list)),
});

test("what was written is read back, each tensor aligned to its elements", async () => {
  await fc.assert(
    fc.asyncProperty(content, async ({ tensors, metadata }) => {
      const source = byteSource(encodeSafetensors({ tensors, metadata }));

      const file = await parseSafetensors(source);

      expect(file.metadata).toEqual(metadata);
      expect(file.tensors.size).toBe(tensors.size);
      for (const [key, { type, shape: dimensions, bytes }] of tensors) {
        const found = file.tensors.get(key)!;
        expect(found).toMatchObject({ type, shape: dimensions });
        expect(await readTensor(source, found)).toEqual(bytes);
        expect(found.offset % Math.max(1, SAFETENSORS_BITS[type] / 8)).toBe(0);
      }
    }),
  );
});

test("writing in chunks gives the same file, and holds one chunk at a time", async () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index);
  const entry = { type: "U8", shape: [10, 100] } as const;
  const sink = memorySink();

  await writeSafetensors(sink, {
    tensors: new Map([
      [
        "a",
        { ...entry, bytes: readTensorChunks(byteSource(bytes), { offset: 0, byteLength: 1000 }, { chunkBytes: 300 }) },
      ],
    ]),
  });

  expect(sink.bytes()).toEqual(encodeSafetensors({ tensors: new Map([["a", { ...entry, bytes }]]) }));
  expect(sink.writes.slice(1)).toEqual([300, 300, 300, 100]);
});

async function* chunks(...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const size of sizes) yield new Uint8Array(size);
}

test.each([[3], [4, 1], [8, 8], []])(
  "chunks of %j bytes for a tensor of 4 are refused, the excess unwritten",
  async (...sizes) => {
    const sink = memorySink();
    const tensors: SafetensorsContent["tensors"] = new Map([
      ["a", { type: "F32", shape: [1], bytes: chunks(...sizes) }],
    ]);

    await expect(writeSafetensors(sink, { tensors })).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });

    expect(sink.writes.slice(1).reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(4);
  },
);

test.each([
  ["bytes of another length", "a", { type: "F32", shape: [2], bytes: new Uint8Array(7) }],
  ["a negative dimension", "a", { type: "F32", shape: [-1], bytes: new Uint8Array(4) }],
  ["half a byte", "a", { type: "F4", shape: [1], bytes: new Uint8Array(1) }],
  ["the name of the metadata", "__metadata__", { type: "U8", shape: [1], bytes: new Uint8Array(1) }],
  ["a name that is not Unicode", "\ud800", { type: "U8", shape: [1], bytes: new Uint8Array(1) }],
] as const)("%s cannot be written", (_, key, value) => {
  expect(() => encodeSafetensors({ tensors: new Map([[key, value]]) })).toThrow(
    expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }),
  );
});

test("the header says where every tensor goes", () => {
  const { bytes, tensors, fileBytes } = encodeSafetensorsHeader(
    new Map([
      ["bytes", { type: "U8", shape: [3] }],
      ["floats", { type: "F32", shape: [2] }],
    ] as const),
  );

  expect(bytes.length % 8).toBe(0);
  expect([...tensors]).toEqual([
    ["floats", { type: "F32", shape: [2], offset: bytes.length, byteLength: 8 }],
    ["bytes", { type: "U8", shape: [3], offset: bytes.length + 8, byteLength: 3 }],
  ]);
  expect(fileBytes).toBe(bytes.length + 11);
});

import { byteSource } from "@palaver/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { GGML_TYPES, type GgmlType } from "./ggml-type.ts";
import { GGUF_ARRAYS, type GgufNumberType, type GgufValue } from "./gguf-value.ts";
import { parseGguf } from "./parse-gguf.ts";
import { readTensor, readTensorChunks } from "./read-tensor.ts";
import type { TensorBytes } from "./tensor-bytes.ts";
import { memorySink } from "./testing/memory-sink.ts";
import { encodeGguf, encodeGgufHeader, type GgufContent, type GgufEntry, writeGguf } from "./write-gguf.ts";

const text = fc.string({ unit: "grapheme" });

const integers = Object.fromEntries(
  (["uint8", "int8", "uint16", "int16", "uint32", "int32"] as const).map((type) => {
    const bits = 8 * GGUF_ARRAYS[type].BYTES_PER_ELEMENT;
    const min = type.startsWith("u") ? 0 : -(2 ** (bits - 1));
    return [type, fc.integer({ min, max: min + 2 ** bits - 1 })];
  }),
);
const numbers: Record<string, fc.Arbitrary<number | bigint>> = {
  ...integers,
  float32: fc.float(),
  float64: fc.double(),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
};

// The union's members are joined at run time, where the types cannot follow.
const value = fc.oneof(
  text.map((found) => ({ type: "string", value: found })),
  fc.boolean().map((found) => ({ type: "bool", value: found })),
  fc.array(text).map((found) => ({ type: "array", itemType: "string", value: found })),
  fc.array(fc.boolean()).map((found) => ({ type: "array", itemType: "bool", value: found })),
  ...Object.entries(numbers).flatMap(([type, number]) => [
    number.map((found) => ({ type, value: found })),
    fc.array(number).map((found) => ({
      type: "array",
      itemType: type,
      value: new (GGUF_ARRAYS[type as GgufNumberType] as new (list: (number | bigint)[]) => unknown)(found),
    })),
  ]),
) as fc.Arbitrary<GgufValue>;

const tensor = fc
  .tuple(fc.constantFrom(...(Object.keys(GGML_TYPES) as GgmlType[])), fc.array(fc.nat(3), { maxLength: 3 }), fc.nat(2))
  .chain(([type, outer, blocks]) => {
    const { blockElements, blockBytes } = GGML_TYPES[type];
    const size = outer.reduce((product, dimension) => product * dimension, blocks * blockBytes);
    const shape = [...outer, blocks * blockElements];
    return fc.uint8Array({ minLength: size, maxLength: size }).map((bytes) => ({ type, shape, bytes }));
  });

const content = fc.record({
  metadata: fc.array(fc.tuple(text, value), { maxLength: 6 }).map((list) => new Map(list)),
  tensors: fc.array(fc.tuple(text, tensor), { maxLength: 5 }).map((list) => new Map(list)),
  alignment: fc.option(fc.constantFrom(1, 8, 64, 4096)),
});

test("what was written is read back, at the alignment asked for", async () => {
  await fc.assert(
    fc.asyncProperty(content, async ({ metadata, tensors, alignment }) => {
      if (alignment !== null) metadata.set("general.alignment", { type: "uint32", value: alignment });
      const source = byteSource(encodeGguf({ metadata, tensors }));

      const file = await parseGguf(source);

      expect([...file.metadata]).toEqual([...metadata]);
      expect([...file.tensors.keys()]).toEqual([...tensors.keys()]);
      expect(source.size % (alignment ?? 32)).toBe(0);
      for (const [name, { type, shape, bytes }] of tensors) {
        const found = file.tensors.get(name)!;
        expect(found).toMatchObject({ type, shape });
        expect(found.offset % (alignment ?? 32)).toBe(0);
        expect(await readTensor(source, found)).toEqual(bytes);
      }
    }),
    { numRuns: 200 },
  );
});

test("writing in chunks gives the same file, and holds one chunk at a time", async () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index);
  const chunks = readTensorChunks(byteSource(bytes), { offset: 0, byteLength: 1000 }, { chunkBytes: 400 });
  const holding = <Bytes extends TensorBytes>(found: Bytes) =>
    new Map<string, GgufEntry & { bytes: Bytes | Uint8Array }>([
      ["a", { type: "I8", shape: [1000], bytes: found }],
      ["b", { type: "F32", shape: [1], bytes: new Uint8Array(4) }],
    ]);
  const sink = memorySink();

  await writeGguf(sink, { tensors: holding(chunks) });

  expect(sink.bytes()).toEqual(encodeGguf({ tensors: holding(bytes) }));
  expect(Math.max(...sink.writes)).toBe(400);
});

test("the header says where every tensor goes, and how long the file becomes", () => {
  const { bytes, tensors, fileBytes } = encodeGgufHeader(
    new Map([
      ["a", { type: "Q8_0", shape: [2, 32] }],
      ["b", { type: "F16", shape: [3] }],
    ] as const),
  );

  expect(tensors.get("a")).toEqual({ type: "Q8_0", shape: [2, 32], offset: bytes.length, byteLength: 68 });
  expect(tensors.get("b")).toEqual({ type: "F16", shape: [3], offset: bytes.length + 96, byteLength: 6 });
  expect(fileBytes).toBe(bytes.length + 96 + 32);
});

const one = new Uint8Array(4);

test.each<[string, GgufContent<Uint8Array>]>([
  ["bytes of another length", { tensors: new Map([["a", { type: "F32", shape: [2], bytes: one }]]) }],
  ["half a block", { tensors: new Map([["a", { type: "Q4_0", shape: [16], bytes: one }]]) }],
  ["five dimensions", { tensors: new Map([["a", { type: "F32", shape: [1, 1, 1, 1, 1], bytes: one }]]) }],
  ["a name that is not Unicode", { tensors: new Map([["\udc00", { type: "F32", shape: [1], bytes: one }]]) }],
  ["a number beyond its type", { metadata: new Map([["k", { type: "uint8", value: 256 }]]) }],
  ["a fraction as an integer", { metadata: new Map([["k", { type: "int32", value: 0.5 }]]) }],
  ["a long beyond its type", { metadata: new Map([["k", { type: "int64", value: 2n ** 63n }]]) }],
  ["alignment 12", { metadata: new Map([["general.alignment", { type: "uint32", value: 12 }]]) }],
  ["alignment of another type", { metadata: new Map([["general.alignment", { type: "uint64", value: 32n }]]) }],
])("%s cannot be written", (_, wrong) => {
  expect(() => encodeGguf(wrong)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
});

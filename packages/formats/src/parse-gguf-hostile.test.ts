import { describe, expect, test } from "vitest";
import { parseGguf } from "./parse-gguf.ts";
import { type GgufPart, ggufBytes, ggufTensor } from "./testing/gguf-bytes.ts";
import { guardedSource } from "./testing/guarded-source.ts";
import { outcome } from "./testing/outcome.ts";

const key: GgufPart = { text: "k" };

function entry(type: number, ...value: GgufPart[]): Uint8Array {
  return ggufBytes({ entries: 1n, zeros: 32 }, key, { u32: type }, ...value);
}

function array(itemType: number, count: bigint, ...items: GgufPart[]): Uint8Array {
  return entry(9, { u32: itemType }, { u64: count }, ...items);
}

function alignment(type: number, ...value: GgufPart[]): Uint8Array {
  const parts = [{ text: "general.alignment" }, { u32: type }, ...value];
  return ggufBytes({ entries: 1n, tensors: 1n, zeros: 100 }, ...parts, ...ggufTensor("t", [1n], 0, 0n));
}

function tensor(dimensions: readonly bigint[], type = 0, offset = 0n): Uint8Array {
  return ggufBytes({ tensors: 1n, zeros: 96 }, ...ggufTensor("t", dimensions, type, offset));
}

const attacks: readonly (readonly [string, string, Uint8Array])[] = [
  ["an empty file", "ERR_FORMAT", new Uint8Array(0)],
  ["23 bytes", "ERR_FORMAT", ggufBytes({}).subarray(0, 23)],
  ["another magic", "ERR_FORMAT", Uint8Array.from(ggufBytes({}), (byte, at) => (at === 0 ? 0x67 : byte))],
  ["version 0", "ERR_UNSUPPORTED", ggufBytes({ version: 0 })],
  ["version 1", "ERR_UNSUPPORTED", ggufBytes({ version: 1 })],
  ["version 4", "ERR_UNSUPPORTED", ggufBytes({ version: 4 })],
  ["a big-endian file", "ERR_UNSUPPORTED", ggufBytes({ version: 3 << 24 })],
  ["2^64 - 1 tensors", "ERR_LIMIT", ggufBytes({ tensors: 2n ** 64n - 1n })],
  ["2^63 entries", "ERR_LIMIT", ggufBytes({ entries: 2n ** 63n })],
  ["60,000 tensors in no bytes", "ERR_FORMAT", ggufBytes({ tensors: 60_000n })],
  ["60,000 entries in no bytes", "ERR_FORMAT", ggufBytes({ entries: 60_000n })],
  ["a key of 2^64 - 1 bytes", "ERR_FORMAT", ggufBytes({ entries: 1n, zeros: 64 }, { u64: 2n ** 64n - 1n })],
  ["a key of 65,536 bytes", "ERR_LIMIT", ggufBytes({ entries: 1n, zeros: 70_000 }, { u64: 65_536n })],
  ["a key that is no UTF-8", "ERR_FORMAT", ggufBytes({ entries: 1n, zeros: 64 }, { u64: 1n }, Uint8Array.of(0xff))],
  [
    "the same key twice",
    "ERR_FORMAT",
    ggufBytes({ entries: 2n }, key, { u32: 4 }, { u32: 1 }, key, { u32: 4 }, { u32: 1 }),
  ],
  ["an unknown value type", "ERR_FORMAT", entry(13)],
  ["a value type of 2^32 - 1", "ERR_FORMAT", entry(2 ** 32 - 1)],
  ["a boolean of 2", "ERR_FORMAT", entry(7, Uint8Array.of(2))],
  ["a string of 2^63 bytes", "ERR_FORMAT", entry(8, { u64: 2n ** 63n })],
  ["a string that is an overlong encoding", "ERR_FORMAT", entry(8, { u64: 2n }, Uint8Array.of(0xc0, 0xaf))],
  ["a string that is a surrogate", "ERR_FORMAT", entry(8, { u64: 3n }, Uint8Array.of(0xed, 0xa0, 0x80))],
  ["an array of an unknown type", "ERR_FORMAT", array(13, 1n)],
  ["an array of arrays", "ERR_UNSUPPORTED", array(9, 1n, { u32: 4 }, { u64: 1n })],
  ["an array of 2^64 - 1 bytes", "ERR_FORMAT", array(0, 2n ** 64n - 1n)],
  ["an array whose bytes overflow to few", "ERR_FORMAT", array(10, 2n ** 61n + 1n)],
  ["an array of 2^40 strings", "ERR_FORMAT", array(8, 2n ** 40n)],
  ["an array of strings that ends early", "ERR_FORMAT", array(8, 3n, { text: "a" }, { u64: 10_000n })],
  ["an array of booleans with a 3", "ERR_FORMAT", array(7, 2n, Uint8Array.of(1, 3))],
  ["alignment 0", "ERR_FORMAT", alignment(4, { u32: 0 })],
  ["alignment 3", "ERR_FORMAT", alignment(4, { u32: 3 })],
  ["alignment 2^31, beyond the file", "ERR_FORMAT", alignment(4, { u32: 2 ** 31 })],
  ["alignment as a string", "ERR_FORMAT", alignment(8, { text: "32" })],
  ["alignment as a signed number", "ERR_FORMAT", alignment(5, { u32: 32 })],
  ["alignment as an array", "ERR_FORMAT", alignment(9, { u32: 4 }, { u64: 1n }, { u32: 32 })],
  ["five dimensions", "ERR_FORMAT", tensor([1n, 1n, 1n, 1n, 1n])],
  ["2^32 - 1 dimensions", "ERR_FORMAT", ggufBytes({ tensors: 1n, zeros: 64 }, { text: "t" }, { u32: 2 ** 32 - 1 })],
  ["a negative dimension", "ERR_FORMAT", tensor([2n ** 64n - 4n])],
  ["dimensions whose product overflows to zero", "ERR_FORMAT", tensor([2n ** 32n, 2n ** 32n])],
  ["dimensions whose product overflows to four", "ERR_FORMAT", tensor([2n ** 62n + 1n, 4n])],
  ["an overflow hidden by a zero", "ERR_FORMAT", tensor([2n ** 40n, 2n ** 40n, 0n])],
  ["a dimension of 2^53 + 1", "ERR_FORMAT", tensor([2n ** 53n + 1n])],
  ["elements that fit 2^53 while their bytes do not", "ERR_FORMAT", tensor([2n ** 52n])],
  ["a row of half a block", "ERR_FORMAT", tensor([16n, 2n], 2)],
  ["a scalar of a block type", "ERR_FORMAT", tensor([], 2)],
  ["a removed type", "ERR_UNSUPPORTED", tensor([32n], 4)],
  ["a type of 2^32 - 1", "ERR_UNSUPPORTED", tensor([32n], 2 ** 32 - 1)],
  ["an offset beyond the file", "ERR_FORMAT", tensor([1n], 0, 128n)],
  ["an offset whose sum with the size wraps round", "ERR_FORMAT", tensor([8n], 0, 2n ** 64n - 32n)],
  ["an offset of 2^53", "ERR_FORMAT", tensor([1n], 0, 2n ** 53n)],
  ["an offset that is not aligned", "ERR_FORMAT", tensor([1n], 0, 4n)],
  ["an end beyond the file", "ERR_FORMAT", tensor([100n])],
  ["an empty tensor beyond the file", "ERR_FORMAT", tensor([0n], 0, 2n ** 40n)],
  [
    "a tensor that begins before its padding ends",
    "ERR_FORMAT",
    ggufBytes({ tensors: 1n }, ...ggufTensor("t", [1n], 0, 0n)),
  ],
  [
    "the same tensor twice",
    "ERR_FORMAT",
    ggufBytes({ tensors: 2n, zeros: 96 }, ...ggufTensor("t", [1n], 0, 0n), ...ggufTensor("t", [1n], 0, 32n)),
  ],
  [
    "two tensors on the same bytes",
    "ERR_FORMAT",
    ggufBytes({ tensors: 2n, zeros: 96 }, ...ggufTensor("a", [8n], 0, 0n), ...ggufTensor("b", [8n], 0, 0n)),
  ],
  [
    "a tensor inside another",
    "ERR_FORMAT",
    ggufBytes({ tensors: 2n, zeros: 160 }, ...ggufTensor("a", [24n], 0, 0n), ...ggufTensor("b", [1n], 0, 32n)),
  ],
  [
    "a tensor's name of 1,025 bytes",
    "ERR_LIMIT",
    ggufBytes({ tensors: 1n, zeros: 64 }, ...ggufTensor("t".repeat(1025), [1n], 0, 0n)),
  ],
];

describe("a file with", () => {
  test.each(attacks)("%s is refused with %s", async (_, code, bytes) => {
    const source = guardedSource(bytes);

    expect(await outcome(() => parseGguf(source))).toBe(code);
    expect(source.bytesRead).toBeLessThanOrEqual(2 * bytes.length);
  });
});

test("a file cut at any byte is refused", async () => {
  const whole = ggufBytes(
    { tensors: 1n, entries: 2n, zeros: 64 },
    ...[{ text: "a" }, { u32: 9 }, { u32: 8 }, { u64: 1n }, { text: "b" }],
    ...[{ text: "c" }, { u32: 12 }, { u64: 0n }],
    ...ggufTensor("t", [2n, 4n], 0, 0n),
  );
  const { offset, byteLength } = (await parseGguf(guardedSource(whole))).tensors.get("t")!;

  for (let length = 0; length < offset + byteLength; length++) {
    expect(await outcome(() => parseGguf(guardedSource(whole.subarray(0, length))))).toBe("ERR_FORMAT");
  }
});

// Terabytes that a file could claim to have, for all that the reader knows.
function endless(start: Uint8Array) {
  const read: number[] = [];
  return {
    read,
    source: {
      size: 2 ** 45,
      async read(offset: number, length: number) {
        read.push(length);
        const bytes = new Uint8Array(length);
        if (offset < start.length) bytes.set(start.subarray(offset, offset + length));
        return bytes;
      },
    },
  };
}

test.each([
  ["a string", ggufBytes({ entries: 1n }, key, { u32: 8 }, { u64: 2n ** 24n + 1n })],
  ["an array of bytes", ggufBytes({ entries: 1n }, key, { u32: 9 }, { u32: 0 }, { u64: 2n ** 21n + 1n })],
  ["an array of strings", ggufBytes({ entries: 1n }, key, { u32: 9 }, { u32: 8 }, { u64: 2n ** 40n })],
  ["a string in an array", ggufBytes({ entries: 1n }, key, { u32: 9 }, { u32: 8 }, { u64: 1n }, { u64: 2n ** 25n })],
])("%s beyond the limit is refused before it is read, though the file is large enough", async (_, start) => {
  const { source, read } = endless(start);

  expect(await outcome(() => parseGguf(source))).toBe("ERR_LIMIT");
  expect(read.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(2 ** 19);
});

test("2,097,152 items in all arrays together are read, and one more is refused", async () => {
  const numbers = (count: number): GgufPart[] => [
    { u32: 9 },
    { u32: 0 },
    { u64: BigInt(count) },
    new Uint8Array(count),
  ];
  const file = (...counts: readonly [number, number]) =>
    ggufBytes({ entries: 2n }, key, ...numbers(counts[0]), { text: "l" }, ...numbers(counts[1]));

  expect(await outcome(() => parseGguf(guardedSource(file(2 ** 20, 2 ** 20))))).toHaveProperty("value");
  expect(await outcome(() => parseGguf(guardedSource(file(2 ** 20, 2 ** 20 + 1))))).toBe("ERR_LIMIT");
});

test("strings that are long together are refused at the header's limit", async () => {
  const strings = ggufBytes({ entries: 1n }, key, { u32: 9 }, { u32: 8 }, { u64: 100n });
  const length = 2n ** 24n;
  const read: number[] = [];
  const source = {
    size: 2 ** 40,
    async read(offset: number, size: number) {
      read.push(size);
      const bytes = new Uint8Array(size);
      if (offset === 0) bytes.set(strings);
      // Each string's length, wherever one begins in this range; all else is zeros.
      const view = new DataView(bytes.buffer);
      for (let at = strings.length; at < offset + size; at += 8 + Number(length)) {
        if (at >= offset && at + 8 <= offset + size) view.setBigUint64(at - offset, length, true);
      }
      return bytes;
    },
  };

  expect(await outcome(() => parseGguf(source))).toBe("ERR_LIMIT");
  expect(read.reduce((sum, size) => sum + size, 0)).toBeLessThan(2 ** 27 + 2 ** 22);
});

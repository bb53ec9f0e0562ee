import { readFileSync } from "node:fs";
import { byteSource } from "@palaver/core";
import { describeSharedData } from "@palaver/test-data";
import { describe, expect, test } from "vitest";
import { parseSafetensors } from "./parse-safetensors.ts";
import { readTensor } from "./read-tensor.ts";
import { SAFETENSORS_BITS } from "./safetensors-type.ts";
import { guardedSource } from "./testing/guarded-source.ts";
import { outcome } from "./testing/outcome.ts";
import { safetensorsBytes } from "./testing/safetensors-bytes.ts";
import { toFloat32 } from "./to-float32.ts";

function entry(dtype: string, shape: string, offsets: string): string {
  return `{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`;
}

const pair = entry('"F32"', "[2]", "[0,8]");

describe("a file of the reference implementation", () => {
  const source = guardedSource(new Uint8Array(readFileSync(new URL("../fixtures/types.safetensors", import.meta.url))));

  test("gives its tensors, values and metadata", async () => {
    const { tensors, metadata } = await parseSafetensors(source);
    const values = async (name: string) => {
      const tensor = tensors.get(name)!;
      return [...toFloat32(tensor.type, await readTensor(source, tensor))];
    };

    expect(metadata).toEqual(new Map([["ключ", '"quoted"']]));
    expect([...tensors.keys()].sort()).toEqual(["brain", "empty", "flags", "float", "half", "long"]);
    expect(await values("float")).toEqual([1, -2, 3, 4, 5, Math.fround(0.1)]);
    expect(await values("half")).toEqual([1, -0.5, 65504]);
    expect(await values("brain")).toEqual([1, -0.5, 3.140625]);
    expect(tensors.get("float")).toMatchObject({ type: "F32", shape: [2, 3], byteLength: 24 });
    expect(tensors.get("long")).toMatchObject({ type: "I64", shape: [] });
    expect(await readTensor(source, tensors.get("long")!)).toEqual(
      Uint8Array.of(0xfb, 255, 255, 255, 255, 255, 255, 255),
    );
    expect(await readTensor(source, tensors.get("flags")!)).toEqual(Uint8Array.of(1, 0, 1));
    expect(tensors.get("empty")).toMatchObject({ shape: [0, 4], byteLength: 0 });
  });
});

describeSharedData("a trained model", "models/stories260K-derived/model.safetensors", (path) => {
  test("is described by its header alone", async () => {
    const source = guardedSource(new Uint8Array(readFileSync(path)));

    const { tensors } = await parseSafetensors(source);

    expect(tensors.size).toBe(47);
    expect(tensors.get("model.embed_tokens.weight")).toMatchObject({ type: "F32", shape: [512, 64] });
    expect(source.bytesRead).toBeLessThan(10_000);
  });
});

test("every type of the format is known with its size", async () => {
  // Eight elements fill whole bytes in each.
  const types = Object.entries(SAFETENSORS_BITS);
  let end = 0;
  const members = types.map(([type, bits]) => {
    const start = end;
    end += bits;
    return `"${type}":${entry(`"${type}"`, "[2,4]", `[${start},${end}]`)}`;
  });

  const { tensors } = await parseSafetensors(byteSource(safetensorsBytes(`{${members.join()}}`, end)));

  expect([...tensors].map(([name, { type, byteLength }]) => [name, type, byteLength])).toEqual(
    types.map(([type, bits]) => [type, type, bits]),
  );
});

test("white space in the header, and spaces after it, are allowed", async () => {
  const bytes = safetensorsBytes(`{ "a" :\n${pair.replaceAll(",", " ,\t")} }   `, 8);

  expect((await parseSafetensors(byteSource(bytes))).tensors.size).toBe(1);
});

test("a tensor may be called like a property of every object", async () => {
  const bytes = safetensorsBytes(`{"__proto__":${pair},"constructor":${entry('"U8"', "[0]", "[8,8]")}}`, 8);

  expect([...(await parseSafetensors(byteSource(bytes))).tensors.keys()]).toEqual(["__proto__", "constructor"]);
});

const attacks: readonly (readonly [string, Uint8Array])[] = [
  ["an empty file", new Uint8Array(0)],
  ["seven bytes", new Uint8Array(7)],
  ["a header longer than the file", safetensorsBytes("{}", 0, 3n)],
  ["a header of 2^64 - 1 bytes", safetensorsBytes("{}", 0, 2n ** 64n - 1n)],
  ["a header of 2^63 bytes", safetensorsBytes("{}", 0, 2n ** 63n)],
  ["no header at all", safetensorsBytes("", 0)],
  ["a header that begins with a space", safetensorsBytes(" {}")],
  ["a byte order mark", safetensorsBytes("\ufeff{}")],
  ["an array", safetensorsBytes("[]")],
  ["text after the header", safetensorsBytes("{}x")],
  ["a header that is cut", safetensorsBytes(`{"a":${pair.slice(0, -1)}`, 8)],
  ["invalid UTF-8", safetensorsBytes(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a))],
  ["a lone surrogate as name", safetensorsBytes(`{"\\ud800":${pair}}`, 8)],
  ["a broken escape", safetensorsBytes(`{"\\x":${pair}}`, 8)],
  ["a control character in a name", safetensorsBytes(`{"\n":${pair}}`, 8)],
  ["an escape at the very end", safetensorsBytes('{"\\')],
  ["a trailing comma", safetensorsBytes(`{"a":${pair},}`, 8)],
  ["the same tensor twice", safetensorsBytes(`{"a":${pair},"a":${entry('"F32"', "[0]", "[8,8]")}}`, 8)],
  [
    "the same tensor twice, once escaped",
    safetensorsBytes(`{"a":${pair},"\\u0061":${entry('"U8"', "[0]", "[8,8]")}}`, 8),
  ],
  ["the same field twice", safetensorsBytes(`{"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}`, 8)],
  ["a field left out", safetensorsBytes(`{"a":{"dtype":"F32","shape":[2]}}`, 8)],
  ["metadata that are no strings", safetensorsBytes('{"__metadata__":{"a":1}}')],
  ["a type that is a number", safetensorsBytes(`{"a":${entry("1", "[2]", "[0,8]")}}`, 8)],
  ["a type of the prototype", safetensorsBytes(`{"a":${entry('"toString"', "[2]", "[0,8]")}}`, 8)],
  ["an unknown type", safetensorsBytes(`{"a":${entry('"F128"', "[1]", "[0,16]")}}`, 16)],
  ["a negative dimension", safetensorsBytes(`{"a":${entry('"F32"', "[-2]", "[0,8]")}}`, 8)],
  ["a fractional dimension", safetensorsBytes(`{"a":${entry('"F32"', "[2.0]", "[0,8]")}}`, 8)],
  ["a dimension with an exponent", safetensorsBytes(`{"a":${entry('"F32"', "[2e0]", "[0,8]")}}`, 8)],
  ["a dimension with a leading zero", safetensorsBytes(`{"a":${entry('"F32"', "[02]", "[0,8]")}}`, 8)],
  ["a dimension of 2^53 + 1", safetensorsBytes(`{"a":${entry('"F32"', "[9007199254740993]", "[0,8]")}}`, 8)],
  [
    "a shape that overflows 64 bits to zero",
    safetensorsBytes(`{"a":${entry('"U8"', "[4294967296,4294967296]", "[0,0]")}}`),
  ],
  ["an overflow hidden by a zero", safetensorsBytes(`{"a":${entry('"U8"', "[4294967296,4294967296,0]", "[0,0]")}}`)],
  ["65 dimensions", safetensorsBytes(`{"a":${entry('"U8"', `[${Array(65).fill(1)}]`, "[0,1]")}}`, 1)],
  ["three offsets", safetensorsBytes(`{"a":${entry('"F32"', "[2]", "[0,8,8]")}}`, 8)],
  ["one offset", safetensorsBytes(`{"a":${entry('"F32"', "[2]", "[0]")}}`, 8)],
  ["offsets the wrong way round", safetensorsBytes(`{"a":${entry('"F32"', "[2]", "[8,0]")}}`, 8)],
  ["offsets that do not fit the shape", safetensorsBytes(`{"a":${entry('"F32"', "[2]", "[0,7]")}}`, 7)],
  ["a tensor beyond the file", safetensorsBytes(`{"a":${pair}}`, 7)],
  ["a hole at the start", safetensorsBytes(`{"a":${entry('"F32"', "[1]", "[4,8]")}}`, 8)],
  ["a hole between tensors", safetensorsBytes(`{"a":${pair},"b":${entry('"U8"', "[1]", "[9,10]")}}`, 10)],
  ["an overlap", safetensorsBytes(`{"a":${pair},"b":${entry('"U8"', "[8]", "[4,12]")}}`, 12)],
  ["two names for the same bytes", safetensorsBytes(`{"a":${pair},"b":${pair}}`, 8)],
  ["bytes after the last tensor", safetensorsBytes(`{"a":${pair}}`, 9)],
  ["four-bit elements that end inside a byte", safetensorsBytes(`{"a":${entry('"F4"', "[3]", "[0,2]")}}`, 2)],
  ["deep nesting", safetensorsBytes(`{"a":${"[".repeat(1_000_000)}`)],
];

test.each(attacks)("%s is refused without reading beyond the header", async (_, bytes) => {
  const source = guardedSource(bytes);

  expect(await outcome(() => parseSafetensors(source))).toMatch(/^ERR_(FORMAT|UNSUPPORTED)$/);
  expect(source.bytesRead).toBeLessThanOrEqual(bytes.length);
});

test("a header beyond the limit is refused before it is read", async () => {
  const source = { size: 2 ** 40, read: async () => safetensorsBytes("", 0, 100_000_001n) };

  expect(await outcome(() => parseSafetensors(source))).toBe("ERR_LIMIT");
});

test("more keys than the limit are refused", async () => {
  const pairs = Array.from({ length: 2 ** 19 }, (_, index) => `"${index}":""`);

  const bytes = safetensorsBytes(`{"__metadata__":{${pairs}}}`);

  expect(await outcome(() => parseSafetensors(byteSource(bytes)))).toBe("ERR_LIMIT");
});

test("a file cut at any byte is refused", async () => {
  const whole = safetensorsBytes(`{"__metadata__":{"k":"v"},"a":${pair}}`, 8);

  for (let length = 0; length < whole.length; length++) {
    expect(await outcome(() => parseSafetensors(guardedSource(whole.subarray(0, length))))).toBe("ERR_FORMAT");
  }
});

import { expect, test } from "vitest";
import { toFloat32 } from "./to-float32.ts";

// 1, -2 and 0.5 with two bytes before them, so that nothing is aligned by chance.
const F32 = Uint8Array.of(9, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0, 0x3f).subarray(1);
const F16 = Uint8Array.of(9, 0, 0x3c, 0, 0xc0, 0, 0x38).subarray(1);
const BF16 = Uint8Array.of(9, 0x80, 0x3f, 0, 0xc0, 0, 0x3f).subarray(1);

test.each([
  ["F32", F32],
  ["F16", F16],
  ["BF16", BF16],
] as const)("%s is read from any byte of a buffer", (type, bytes) => {
  expect(toFloat32(type, bytes)).toEqual(Float32Array.of(1, -2, 0.5));
  expect(toFloat32(type, new Uint8Array(bytes))).toEqual(Float32Array.of(1, -2, 0.5));
});

test("the result is memory of its own", () => {
  const bytes = new Uint8Array(F32);

  toFloat32("F32", bytes)[0] = 7;

  expect(bytes).toEqual(new Uint8Array(F32));
});

test("other types are unsupported and odd lengths a wrong call", () => {
  expect(() => toFloat32("I8", new Uint8Array(4))).toThrow(expect.objectContaining({ code: "ERR_UNSUPPORTED" }));
  expect(() => toFloat32("F32", new Uint8Array(6))).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
  expect(() => toFloat32("BF16", new Uint8Array(3))).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
});

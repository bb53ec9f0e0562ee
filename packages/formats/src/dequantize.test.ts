import { readFileSync } from "node:fs";
import { describeSharedData } from "@palaver/test-data";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dequantize } from "./dequantize.ts";
import type { GgmlType } from "./ggml-type.ts";
import { quantizeQ4_0, quantizeQ8_0 } from "./quantize.ts";

// Made by fixtures/make.py with ggml's own Python package.
const blocks = JSON.parse(readFileSync(new URL("../fixtures/ggml-blocks.json", import.meta.url), "utf8")) as {
  dequantize: Record<string, { bytes: string; values: string }>;
  quantize: Record<"Q4_0" | "Q8_0", { bytes: string; values: string }>;
  ramp: Record<string, string>;
};

const quantizers = { Q4_0: quantizeQ4_0, Q8_0: quantizeQ8_0 };

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, "base64"));
}

function floatsOf(base64: string): Float32Array {
  return new Float32Array(bytesOf(base64).buffer);
}

describe("against ggml's reference", () => {
  test.each(Object.entries(blocks.dequantize))("%s blocks give the same bits", (type, { bytes, values }) => {
    const expected = floatsOf(values);

    expect(dequantize(type as GgmlType, bytesOf(bytes), expected.length)).toEqual(expected);
  });

  test.each(["Q4_0", "Q8_0"] as const)("values become the same %s blocks", (type) => {
    const { bytes, values } = blocks.quantize[type];

    expect(quantizers[type](floatsOf(values))).toEqual(bytesOf(bytes));
  });
});

test("a view that starts anywhere in a larger buffer is read the same", () => {
  const { bytes, values } = blocks.dequantize.Q5_K!;
  const whole = bytesOf(bytes);
  const shifted = new Uint8Array(whole.length + 3);
  shifted.set(whole, 3);

  expect(dequantize("Q5_K", shifted.subarray(3), floatsOf(values).length)).toEqual(floatsOf(values));
});

const finite = fc.array(fc.float({ noNaN: true, min: -1000, max: 1000 }), { minLength: 32, maxLength: 32 });

test("Q8_0 brings every value back to within half a step, and Q4_0 to within one", () => {
  fc.assert(
    fc.property(finite, (list) => {
      const values = Float32Array.from(list);
      const largest = Math.max(...list.map(Math.abs));
      // float16 rounds the scale by 2^-11, or by 2^-25 where it is subnormal, on up to 127 steps.
      const slack = largest * 2 ** -10 + 2 ** -17;
      const fine = dequantize("Q8_0", quantizeQ8_0(values), 32);
      const coarse = dequantize("Q4_0", quantizeQ4_0(values), 32);

      for (let i = 0; i < 32; i++) {
        expect(Math.abs(fine[i]! - values[i]!)).toBeLessThanOrEqual(largest / 127 / 2 + slack);
        expect(Math.abs(coarse[i]! - values[i]!)).toBeLessThanOrEqual(largest / 8 + slack);
      }
    }),
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 3e38])("quantizing %d is refused", (value) => {
  const values = new Float32Array(32).fill(value);

  expect(() => quantizeQ4_0(values)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
  expect(() => quantizeQ8_0(values)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
});

test("part of a block, or bytes of another length, are refused", () => {
  expect(() => quantizeQ8_0(new Float32Array(33))).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
  for (const [bytes, count] of [
    [18, 31],
    [17, 32],
    [36, 32],
    [0, -32],
    [18, Number.NaN],
  ] as const) {
    expect(() => dequantize("Q4_0", new Uint8Array(bytes), count)).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }),
    );
  }
});

test("a type that is only known by name is refused as unsupported, not as malformed", () => {
  const read = () => dequantize("IQ4_XS", new Uint8Array(136), 256);

  expect(read).toThrow(expect.objectContaining({ code: "ERR_UNSUPPORTED" }));
});

describeSharedData("candle's vectors", "reference/candle-quant/quantized_tests.json", (path) => {
  const { functions } = JSON.parse(readFileSync(path, "utf8")) as {
    functions: Record<string, { expected: number[][] }>;
  };

  test.each(Object.entries(blocks.ramp))("the numbers 0 to 127 come back from %s as it says", (type, bytes) => {
    const { expected } = functions[`quantize_${type.toLowerCase()}`]!;

    const values = dequantize(type as GgmlType, bytesOf(bytes), 128);

    // It publishes three decimals; the sum with zero removes the sign of zeros.
    expect(Array.from(values, (value) => Math.round(value * 1000) / 1000 + 0)).toEqual(
      expected[0]!.map((value) => value + 0),
    );
  });

  test("a product with Q4_0 weights is the one it publishes", () => {
    const weights = dequantize("Q4_0", quantizeQ4_0(Float32Array.from({ length: 256 }, (_, index) => index)), 256);

    const product = Array.from({ length: 12 }, (_, at) => {
      const [row, column] = [Math.floor(at / 4), at % 4];
      let sum = 0;
      for (let k = 0; k < 64; k++) sum += (row * 64 + k) * weights[column * 64 + k]!;
      return Math.round(sum);
    });

    expect(functions.quantized_matmul!.expected).toContainEqual(product);
  });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from "./float16.ts";

const everyPattern = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);
const float16 = float16ToFloat32(everyPattern);
const bfloat16 = bfloat16ToFloat32(everyPattern);

// https://en.wikipedia.org/wiki/Half-precision_floating-point_format#Half_precision_examples
test.each([
  [0x0001, 2 ** -24],
  [0x03ff, 1023 * 2 ** -24],
  [0x0400, 2 ** -14],
  [0x3555, 0.333251953125],
  [0x3bff, 0.99951171875],
  [0x3c01, 1.0009765625],
  [0x7bff, 65504],
  [0x7c00, Number.POSITIVE_INFINITY],
  [0xc000, -2],
])("float16 %d is %d", (bits, value) => {
  expect(float16[bits]).toBe(value);
});

// https://en.wikipedia.org/wiki/Bfloat16_floating-point_format#Examples
test.each([
  [0x3f80, 1],
  [0xc000, -2],
  [0x7f7f, 3.3895313892515355e38],
  [0x0080, 1.1754943508222875e-38],
  [0x4049, 3.140625],
  [0x3eab, 0.333984375],
  [0xff80, Number.NEGATIVE_INFINITY],
])("bfloat16 %d is %d", (bits, value) => {
  expect(bfloat16[bits]).toBe(value);
});

test("every 16-bit number survives widening and narrowing, and every NaN stays one", () => {
  const halves = float32ToFloat16(float16);
  const brains = float32ToBfloat16(bfloat16);

  const survives = (values: Float32Array, narrowed: Uint16Array) => (bits: number) =>
    Number.isNaN(values[bits]!) ? Number.isNaN(values[narrowed[bits]!]!) : narrowed[bits] === bits;
  expect(everyPattern.every(survives(float16, halves))).toBe(true);
  expect(everyPattern.every(survives(bfloat16, brains))).toBe(true);
});

// The definition of round-to-nearest-even: no neighbour is nearer, and on a tie the last bit is zero.
function expectNearest(value: number, bits: number, values: Float32Array, infinity: number): void {
  const magnitude = bits & 0x7fff;
  const distance = Math.abs(Math.abs(value) - finite(magnitude));
  for (const neighbour of [magnitude - 1, magnitude + 1]) {
    if (neighbour < 0 || neighbour > infinity) continue;
    const other = Math.abs(Math.abs(value) - finite(neighbour));
    if (other === distance) expect(magnitude & 1).toBe(0);
    else expect(other).toBeGreaterThan(distance);
  }

  // For rounding, infinity stands for the number that would follow the largest.
  function finite(index: number): number {
    return index < infinity ? values[index]! : 2 * values[infinity - 1]! - values[infinity - 2]!;
  }
}

test("narrowing takes the nearest number, ties to even, and keeps the sign", () => {
  const anyFloat = fc.float({ noNaN: true, noDefaultInfinity: true });
  // Sums of neighbours halved: exact ties, which random numbers would miss.
  const tie = fc.integer({ min: 0, max: 0x7bfe }).map((bits) => (float16[bits]! + float16[bits + 1]!) / 2);
  fc.assert(
    fc.property(fc.oneof(anyFloat, fc.float({ min: -70000, max: 70000, noNaN: true }), tie), (value) => {
      const half = float32ToFloat16(Float32Array.of(value))[0]!;
      const brain = float32ToBfloat16(Float32Array.of(value))[0]!;

      expect(half >= 0x8000).toBe(value < 0 || Object.is(value, -0));
      expect(brain >= 0x8000).toBe(value < 0 || Object.is(value, -0));
      if (Math.abs(value) < 65536) expectNearest(value, half, float16, 0x7c00);
      else expect(half & 0x7fff).toBe(0x7c00);
      expectNearest(value, brain, bfloat16, 0x7f80);
    }),
    { numRuns: 2000 },
  );
});

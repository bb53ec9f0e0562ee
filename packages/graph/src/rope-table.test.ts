import { expect, test } from "vitest";
import { ropeFrequencies, ropeRows } from "./rope-table.ts";

const plain = { headDim: 64, ropeTheta: 10_000, ropeScaling: { type: "none" } } as const;

test("the first pair turns a radian a token, the last almost none", () => {
  const frequencies = ropeFrequencies(plain);

  expect(frequencies.length).toBe(32);
  expect(frequencies[0]).toBe(1);
  expect(frequencies[31]).toBeCloseTo(10_000 ** (-62 / 64), 15);
});

test("a row at a far position is exact to float32", () => {
  const frequencies = Float64Array.of(1, 0.5);

  expect(Array.from(ropeRows("cos", frequencies, [100_000, 100_001]))).toEqual(
    [Math.cos(100_000), Math.cos(50_000)].map(Math.fround),
  );
  expect(Array.from(ropeRows("sin", frequencies, [100_000, 100_001]))).toEqual(
    [Math.sin(100_000), Math.sin(50_000)].map(Math.fround),
  );
});

test("pairs of frequency 0 do not turn", () => {
  expect(Array.from(ropeRows("cos", new Float64Array(2), [7, 9]))).toEqual([1, 1, 1, 1]);
  expect(Array.from(ropeRows("sin", new Float64Array(2), [7, 9]))).toEqual([0, 0, 0, 0]);
});

test("linear scaling divides every frequency", () => {
  const scaled = ropeFrequencies({ ...plain, ropeScaling: { type: "linear", factor: 4 } });

  expect(scaled).toEqual(ropeFrequencies(plain).map((frequency) => frequency / 4));
});

test("Llama 3's scaling keeps short wavelengths, divides long ones and lies between for the others", () => {
  const config = { headDim: 128, ropeTheta: 500_000 };
  const base = ropeFrequencies({ ...config, ropeScaling: { type: "none" } });
  const scaled = ropeFrequencies({
    ...config,
    ropeScaling: {
      type: "llama3",
      factor: 8,
      lowFrequencyFactor: 1,
      highFrequencyFactor: 4,
      originalContextTokens: 8192,
    },
  });

  base.forEach((frequency, pair) => {
    const wavelength = (2 * Math.PI) / frequency;
    if (wavelength < 8192 / 4) expect(scaled[pair]).toBe(frequency);
    else if (wavelength > 8192) expect(scaled[pair]).toBe(frequency / 8);
    else expect(scaled[pair]! > frequency / 8 && scaled[pair]! < frequency).toBe(true);
  });
});

test("a checkpoint's own factors divide the frequencies and replace the scaling", () => {
  const factors = Float32Array.from({ length: 32 }, (_, pair) => 1 + pair);
  const scaled = ropeFrequencies({ ...plain, ropeScaling: { type: "linear", factor: 100 } }, factors);

  expect(scaled).toEqual(ropeFrequencies(plain).map((frequency, pair) => frequency / (1 + pair)));
});

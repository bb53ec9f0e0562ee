import type { Runtime } from "@palaver/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openRuntime } from "../open-runtime.ts";
import { encodeGraph, value } from "../testing/small-graphs.ts";
import { logitsRows } from "./logits-rows.ts";

let runtime: Runtime;

beforeAll(async () => {
  runtime = await openRuntime({ driver: "native", threads: 1 });
}, 60_000);

afterAll(() => runtime.close());

test("every finite 16-bit float becomes the float that ONNX Runtime's Cast makes of it", async () => {
  const finite = Array.from({ length: 2 ** 16 }, (_, bits) => bits).filter((bits) => (bits & 0x7c00) !== 0x7c00);
  const half = runtime.tensor("float16", [1, finite.length], Uint16Array.from(finite));
  const cast = await runtime.load(
    encodeGraph({
      inputs: [value("half", "float16", [1, "n"])],
      outputs: [value("float", "float32", [1, "n"])],
      nodes: [{ op: "Cast", inputs: ["half"], outputs: ["float"], attributes: { to: { kind: "int", value: 1 } } }],
    }),
  );

  const { float } = await cast.run({ half }, { float: null });

  expect(logitsRows(half, { vocabSize: finite.length, first: 0, count: 1 })).toEqual(float!.data);
});

test("rows are copies of their part of the tensor", () => {
  const tensor = runtime.tensor("float32", [3, 2], Float32Array.of(0, 1, 2, 3, 4, 5));

  const rows = logitsRows(tensor, { vocabSize: 2, first: 1, count: 2 });
  (tensor.data as Float32Array).fill(9);

  expect([...rows]).toEqual([2, 3, 4, 5]);
});

test("infinite and missing numbers are reported with their place", () => {
  const half = runtime.tensor("float16", [1, 4], Uint16Array.of(0, 0x7c00, 0, 0));
  const float = runtime.tensor("float32", [2, 2], Float32Array.of(Number.NaN, 0, 0, Number.NaN));

  expect(() => logitsRows(half, { vocabSize: 4, first: 0, count: 1 })).toThrow(
    expect.objectContaining({ code: "ERR_RUNTIME" }),
  );
  expect(() => logitsRows(float, { vocabSize: 2, first: 1, count: 1 })).toThrow(
    expect.objectContaining({ details: { token: 1, row: 0 } }),
  );
});

test("a number that is not finite is found wherever it is, and large ones are no such numbers", () => {
  const count = 21; // whole groups of eight, and a rest
  const largest = Float32Array.from({ length: count }, () => (2 - 2 ** -23) * 2 ** 127);
  const read = (logits: Float32Array): Float32Array =>
    logitsRows(runtime.tensor("float32", [1, count], logits), { vocabSize: count, first: 0, count: 1 });

  expect(read(largest)).toEqual(largest);
  for (const broken of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    for (let token = 0; token < count; token++) {
      expect(() => read(largest.with(token, broken)), `${broken} at ${token}`).toThrow(
        expect.objectContaining({ code: "ERR_RUNTIME", details: { token, row: 0 } }),
      );
    }
  }
  const opposite = largest.with(3, Number.POSITIVE_INFINITY).with(4, Number.NEGATIVE_INFINITY);
  expect(() => read(opposite)).toThrow(expect.objectContaining({ details: { token: 3, row: 0 } }));
});

test("numbers of another type are not logits", () => {
  expect(() => logitsRows(runtime.tensor("int32", [1, 2]), { vocabSize: 2, first: 0, count: 1 })).toThrow(/int32/);
});

import { readFileSync } from "node:fs";
import { describeSharedData } from "@palaver/test-data";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeOnnx } from "./encode-onnx.ts";
import type { OnnxModel, OnnxTensor } from "./onnx-model.ts";
import { parseOnnx } from "./parse-onnx.ts";
import { onnxModels } from "./testing/onnx-models.ts";

test("a model survives encoding and parsing, and equal models give equal bytes", () => {
  fc.assert(
    fc.property(onnxModels, (model) => {
      const bytes = encodeOnnx(model);
      const parsed = parseOnnx(bytes);

      expect(parsed).toEqual(model);
      expect(encodeOnnx(parsed)).toEqual(bytes);
    }),
  );
});

describe("a file of the reference implementation", () => {
  const bytes = new Uint8Array(readFileSync(new URL("../fixtures/typed.onnx", import.meta.url)));
  const model = parseOnnx(bytes);
  const data = (name: string) => dataOf(model.graph.initializers.find((tensor) => tensor.name === name)!);

  test("gives the model's own fields", () => {
    expect({ ...model, graph: model.graph.name }).toEqual({
      irVersion: 10,
      producer: "reference",
      opsets: { "": 21, "com.example": 1 },
      graph: "main",
      metadata: { author: "someone" },
    });
  });

  test("gives inputs and outputs with named and unknown dimensions", () => {
    expect(model.graph.inputs).toEqual([
      { name: "condition", type: "bool", shape: [] },
      { name: "x", type: "float16", shape: ["batch", 4, ""] },
    ]);
    expect(model.graph.outputs).toEqual([{ name: "y", type: "float32", shape: ["batch"] }]);
  });

  test("gives typed data fields as the bytes that raw data would have", () => {
    expect(new Float32Array(data("floats"))).toEqual(Float32Array.of(0.5, -2));
    expect(new Float64Array(data("doubles"))).toEqual(Float64Array.of(0.1, -2));
    expect(new Uint16Array(data("halves"))).toEqual(Uint16Array.of(0x3c00, 0xb800));
    expect(new Int8Array(data("bytes"))).toEqual(Int8Array.of(-128, 0, 127));
    expect(new Uint8Array(data("flags"))).toEqual(Uint8Array.of(1, 0));
    expect(new Int32Array(data("ints"))).toEqual(Int32Array.of(-(2 ** 31), 2 ** 31 - 1));
    expect(new BigInt64Array(data("longs"))).toEqual(BigInt64Array.of(-(2n ** 63n), -1n, 2n ** 63n - 1n));
    expect(new Uint32Array(data("unsigned"))).toEqual(Uint32Array.of(2 ** 32 - 1));
    expect(new BigUint64Array(data("wide"))).toEqual(BigUint64Array.of(2n ** 64n - 1n));
    expect(new Float32Array(data("raw"))).toEqual(Float32Array.of(7));
  });

  test("gives the place of external data", () => {
    expect(model.graph.initializers.at(-1)).toEqual({
      name: "outside",
      type: "float32",
      shape: [2, 2],
      data: { location: "weights/all.bin", offset: 4096, length: 16 },
    });
  });

  test("gives attributes of every kind, subgraphs included", () => {
    const [choice, other] = model.graph.nodes;

    expect(choice).toMatchObject({ op: "If", name: "choice", inputs: ["condition"], outputs: ["chosen"] });
    expect(choice!.attributes!.then_branch).toMatchObject({
      kind: "graph",
      value: {
        outputs: [{ name: "yes", type: "float32", shape: [] }],
        nodes: [{ op: "Constant", attributes: { value_float: { kind: "float", value: 1.5 } } }],
      },
    });
    expect(other).toEqual({
      op: "Other",
      domain: "com.example",
      inputs: ["chosen", ""],
      outputs: ["y"],
      attributes: {
        text: { kind: "string", value: "täxt" },
        zero: { kind: "int", value: 0 },
        minus: { kind: "int", value: -7 },
        list: { kind: "ints", value: [1, -1, 300] },
        reals: { kind: "floats", value: [0.5, 2] },
        words: { kind: "strings", value: ["a", "b"] },
      },
    });
  });

  test("keeps raw data and packed floats where they are", () => {
    for (const name of ["raw", "floats", "doubles"]) {
      const found = model.graph.initializers.find((tensor) => tensor.name === name)!.data as Uint8Array;
      expect(found.buffer, name).toBe(bytes.buffer);
    }
  });
});

describeSharedData("an exported model", "models/genai/tiny-random-gpt2-fp32/past.onnx", (path) => {
  const bytes = new Uint8Array(readFileSync(path));

  test("is read with its opsets, operators and weights", () => {
    const { opsets, graph } = parseOnnx(bytes);

    expect(opsets).toEqual({ "": 11, "com.microsoft": 1 });
    expect(graph.nodes.filter(({ op, domain }) => op === "Attention" && domain === "com.microsoft").length).toBe(5);
    expect(graph.outputs[0]).toEqual({ name: "logits", type: "float32", shape: ["batch_size", "seq_len", 1000] });
  });

  test("keeps every weight when written again", () => {
    const weights = (model: OnnxModel) =>
      new Map(model.graph.initializers.map(({ name, data }) => [name, Buffer.from(data as Uint8Array)]));
    const expected = weights(parseOnnx(bytes));

    const found = weights(parseOnnx(encodeOnnx(parseOnnx(bytes))));

    expect(found.size).toBe(expected.size);
    for (const [name, data] of found) expect(data.equals(expected.get(name)!), name).toBe(true);
  });
});

// A copy that is aligned for every typed array.
function dataOf({ data }: OnnxTensor): ArrayBuffer {
  return new Uint8Array(data as Uint8Array).buffer;
}

const empty: OnnxModel = {
  irVersion: 10,
  producer: "",
  opsets: {},
  graph: { name: "", inputs: [], outputs: [], initializers: [], nodes: [] },
};

test.each<[string, Partial<OnnxModel["graph"]>]>([
  [
    "bytes that do not fit the shape",
    { initializers: [{ name: "w", type: "int64", shape: [2], data: new Uint8Array(15) }] },
  ],
  ["a negative dimension", { initializers: [{ name: "w", type: "uint8", shape: [-1, -1], data: new Uint8Array(1) }] }],
  ["external data above the model", { initializers: [external("../w.bin", 0)] }],
  ["external data at a negative offset", { initializers: [external("w.bin", -4)] }],
  [
    "a fraction as an integer",
    { nodes: [{ op: "A", inputs: [], outputs: [], attributes: { a: { kind: "int", value: 0.5 } } }] },
  ],
  [
    "an integer beyond 2^53",
    { nodes: [{ op: "A", inputs: [], outputs: [], attributes: { a: { kind: "ints", value: [2 ** 53] } } }] },
  ],
  ["a name that is not Unicode", { name: "\ud800" }],
])("%s cannot be written", (_, graph) => {
  expect(() => encodeOnnx({ ...empty, graph: { ...empty.graph, ...graph } })).toThrow(
    expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }),
  );
});

function external(location: string, offset: number): OnnxTensor {
  return { name: "w", type: "float32", shape: [1], data: { location, offset, length: 4 } };
}

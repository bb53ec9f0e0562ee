/** Graphs for the runtime's contract and for tests: a few nodes each, written as data. */

import type { TensorType } from "@palaver/core";
import { encodeOnnx, type OnnxGraph, type OnnxNode, type OnnxTensor, type OnnxValue } from "@palaver/formats";
import { TENSOR_TYPES } from "../tensor-type.ts";

/** The bytes of a graph over the standard operators and ONNX Runtime's own. */
export function encodeGraph(graph: Omit<OnnxGraph, "name" | "initializers"> & Partial<OnnxGraph>): Uint8Array {
  return encodeOnnx({
    irVersion: 8,
    producer: "palaver tests",
    opsets: { "": 17, "com.microsoft": 1 },
    graph: { name: "test", initializers: [], ...graph },
  });
}

export function value(name: string, type: TensorType, shape: readonly (number | string)[]): OnnxValue {
  return { name, type, shape };
}

export function floats(name: string, shape: readonly number[], data: Float32Array): OnnxTensor {
  return { name, type: "float32", shape, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

export function int64s(name: string, shape: readonly number[], data: readonly number[]): OnnxTensor {
  return { name, type: "int64", shape, data: new Uint8Array(BigInt64Array.from(data, BigInt).buffer) };
}

export function int(number: number): { readonly kind: "int"; readonly value: number } {
  return { kind: "int", value: number };
}

export function cast(from: string, to: string, type: TensorType): OnnxNode {
  return { op: "Cast", inputs: [from], outputs: [to], attributes: { to: int(TENSOR_TYPES[type].code) } };
}

/** Turns `name` by `position_ids`, `cos` and `sin` to `name_at`. */
export function rotary(name: string): OnnxNode {
  return {
    op: "RotaryEmbedding",
    domain: "com.microsoft",
    inputs: [name, "position_ids", "cos", "sin"],
    outputs: [`${name}_at`],
  };
}

/** `sum = a + b`, float32 (n). */
export function addGraph(): Uint8Array {
  return encodeGraph({
    inputs: [value("a", "float32", ["n"]), value("b", "float32", ["n"])],
    outputs: [value("sum", "float32", ["n"])],
    nodes: [{ op: "Add", inputs: ["a", "b"], outputs: ["sum"] }],
  });
}

/** An `Identity` for each type: input `in_TYPE`, output `out_TYPE`, (2, n). */
export function copyGraph(types: readonly TensorType[]): Uint8Array {
  return encodeGraph({
    inputs: types.map((type) => value(`in_${type}`, type, [2, "n"])),
    outputs: types.map((type) => value(`out_${type}`, type, [2, "n"])),
    nodes: types.map((type) => ({ op: "Identity", inputs: [`in_${type}`], outputs: [`out_${type}`] })),
  });
}

/** `flat = reshape(x, (4))`: fails at run time unless x, float32 (n), has four elements. */
export function reshapeGraph(): Uint8Array {
  return encodeGraph({
    inputs: [value("x", "float32", ["n"])],
    outputs: [value("flat", "float32", ["m"])],
    initializers: [int64s("four", [1], [4])],
    nodes: [{ op: "Reshape", inputs: ["x", "four"], outputs: ["flat"] }],
  });
}

/**
 * `y = x * M` repeated `trips` times, with M a rotation that keeps the numbers bounded: runs as long as asked for, in many
 * small nodes. `trips` int64 (), `x` and `y` float32 (width, width).
 */
export function slowGraph(width: number): Uint8Array {
  const matrix = new Float32Array(width * width);
  for (let i = 0; i < width; i++) matrix[i * width + ((i + 1) % width)] = 1;
  const body: OnnxGraph = {
    name: "body",
    inputs: [value("i", "int64", []), value("go", "bool", []), value("before", "float32", [width, width])],
    outputs: [value("go_on", "bool", []), value("after", "float32", [width, width])],
    initializers: [],
    nodes: [
      { op: "Identity", inputs: ["go"], outputs: ["go_on"] },
      { op: "MatMul", inputs: ["before", "matrix"], outputs: ["after"] },
    ],
  };
  return encodeGraph({
    inputs: [value("trips", "int64", []), value("x", "float32", [width, width])],
    outputs: [value("y", "float32", [width, width])],
    initializers: [floats("matrix", [width, width], matrix)],
    nodes: [
      { op: "Loop", inputs: ["trips", "", "x"], outputs: ["y"], attributes: { body: { kind: "graph", value: body } } },
    ],
  });
}

/**
 * One GroupQueryAttention over a shared buffer: `query`, `new_key`, `new_value` float32 (1, tokens, headDim) of one
 * head, `seqlens_k` int32 (1), `total_sequence_length` int32 (), `past_key` and `past_value` float32 (1, 1, capacity, headDim);
 * gives `attention` (1, tokens, headDim), `present_key`, `present_value`.
 */
export function appendGraph(headDim: number): Uint8Array {
  const node: OnnxNode = {
    op: "GroupQueryAttention",
    domain: "com.microsoft",
    inputs: ["query", "new_key", "new_value", "past_key", "past_value", "seqlens_k", "total_sequence_length"],
    outputs: ["attention", "present_key", "present_value"],
    attributes: { num_heads: { kind: "int", value: 1 }, kv_num_heads: { kind: "int", value: 1 } },
  };
  const cache = [1, 1, "capacity", headDim];
  const rows = [1, "tokens", headDim];
  return encodeGraph({
    inputs: [
      value("query", "float32", rows),
      value("new_key", "float32", rows),
      value("new_value", "float32", rows),
      value("past_key", "float32", cache),
      value("past_value", "float32", cache),
      value("seqlens_k", "int32", [1]),
      value("total_sequence_length", "int32", []),
    ],
    outputs: [
      value("attention", "float32", rows),
      value("present_key", "float32", cache),
      value("present_value", "float32", cache),
    ],
    nodes: [node],
  });
}

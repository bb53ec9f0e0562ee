/** The graphs by which tensors are filled and copied where only graphs reach. */

import type { TensorType } from "@palaver/core";
import { encodeOnnx, type OnnxGraph, type OnnxTensor, type OnnxValue } from "@palaver/formats";
import { TENSOR_TYPES } from "../tensor-type.ts";

/** `target` = zeros of `shape`, int64 (rank). */
export function zerosGraph(type: TensorType, rank: number): Uint8Array {
  return encode({
    inputs: [{ name: "shape", type: "int64", shape: [rank] }],
    outputs: [open("target", type, rank)],
    initializers: [zero(type)],
    nodes: [{ op: "Expand", inputs: ["zero", "shape"], outputs: ["target"] }],
  });
}

/** `target` = the first `positions`, int64 (1), of `source` along the last axis but one. */
export function copyGraph(type: TensorType, rank: number): Uint8Array {
  return encode({
    inputs: [open("source", type, rank), { name: "positions", type: "int64", shape: [1] }],
    outputs: [open("target", type, rank)],
    initializers: [int64("start", 0), int64("axis", rank - 2)],
    nodes: [{ op: "Slice", inputs: ["source", "start", "positions", "axis"], outputs: ["target"] }],
  });
}

/** `target` = the first `positions`, int64 (1), of `source` along the last axis but one, then zeros of `rest`, int64 (rank). */
export function copyThenZerosGraph(type: TensorType, rank: number): Uint8Array {
  return encode({
    inputs: [
      open("source", type, rank),
      { name: "positions", type: "int64", shape: [1] },
      { name: "rest", type: "int64", shape: [rank] },
    ],
    outputs: [open("target", type, rank)],
    initializers: [int64("start", 0), int64("axis", rank - 2), zero(type)],
    nodes: [
      { op: "Slice", inputs: ["source", "start", "positions", "axis"], outputs: ["kept"] },
      { op: "Expand", inputs: ["zero", "rest"], outputs: ["behind"] },
      {
        op: "Concat",
        inputs: ["kept", "behind"],
        outputs: ["target"],
        attributes: { axis: { kind: "int", value: rank - 2 } },
      },
    ],
  });
}

// --- internal ---

function encode(graph: Omit<OnnxGraph, "name">): Uint8Array {
  return encodeOnnx({ irVersion: 8, producer: "palaver", opsets: { "": 17 }, graph: { name: "caches", ...graph } });
}

/** A value of which only the rank is known. */
function open(name: string, type: TensorType, rank: number): OnnxValue {
  return { name, type, shape: Array.from({ length: rank }, (_, axis) => `${name}_${axis}`) };
}

function zero(type: TensorType): OnnxTensor {
  return { name: "zero", type, shape: [1], data: new Uint8Array(TENSOR_TYPES[type].array.BYTES_PER_ELEMENT) };
}

function int64(name: string, number: number): OnnxTensor {
  return { name, type: "int64", shape: [1], data: new Uint8Array(BigInt64Array.of(BigInt(number)).buffer) };
}

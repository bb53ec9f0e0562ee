/**
 * Field numbers and codes of `onnx.proto3` (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3), for writer and
 * reader alike. Only fields that `OnnxModel` represents, or that must be recognised to be refused, are listed.
 */

import type { TensorType } from "@palaver/core";
import type { OnnxAttribute } from "./onnx-model.ts";

export const MODEL = { irVersion: 1, producer: 2, graph: 7, opset: 8, metadata: 14, function: 25 } as const;
export const OPSET = { domain: 1, version: 2 } as const;
export const ENTRY = { key: 1, value: 2 } as const;
export const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12, sparseInitializer: 15 } as const;
export const NODE = { input: 1, output: 2, name: 3, op: 4, attribute: 5, domain: 7 } as const;
export const FUNCTION = { node: 7, attributeDefault: 11 } as const;
export const ATTRIBUTE = {
  name: 1,
  float: 2,
  int: 3,
  string: 4,
  tensor: 5,
  graph: 6,
  floats: 7,
  ints: 8,
  strings: 9,
  type: 20,
  reference: 21,
} as const;
export const TENSOR = {
  dims: 1,
  type: 2,
  segment: 3,
  floats: 4,
  int32s: 5,
  strings: 6,
  int64s: 7,
  name: 8,
  raw: 9,
  doubles: 10,
  uint64s: 11,
  external: 13,
  location: 14,
} as const;
export const VALUE = { name: 1, type: 2 } as const;
export const TYPE = { tensor: 1 } as const;
export const TENSOR_TYPE = { element: 1, shape: 2 } as const;
export const SHAPE = { dimension: 1 } as const;
export const DIMENSION = { value: 1, name: 2 } as const;

/** `TensorProto.DataLocation.EXTERNAL`. */
export const EXTERNAL_LOCATION = 1;

/** `TensorProto.DataType` by our name. */
export const TENSOR_TYPE_CODES: Readonly<Record<TensorType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
};

/** Bytes of one element. */
export const TENSOR_TYPE_BYTES: Readonly<Record<TensorType, number>> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
  float64: 8,
  uint32: 4,
  uint64: 8,
  bfloat16: 2,
};

/** `AttributeProto.AttributeType` by our name. */
export const ATTRIBUTE_KIND_CODES: Readonly<Record<OnnxAttribute["kind"], number>> = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
};

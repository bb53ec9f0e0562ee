/**
 * An ONNX model as plain data: the parts of `onnx.proto3` (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3)
 * that decoders and training graphs use. `encodeOnnx` and `parseOnnx` turn it into bytes and back.
 */

import type { TensorType } from "@palaver/core";

/** Where a tensor's bytes lie outside the model file: a file name beside it, offset and length in bytes. */
export interface ExternalData {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** A constant tensor; its bytes are little-endian and row-major, inside the model or outside. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly data: Uint8Array | ExternalData;
}

/** A constant tensor of which nothing but its description was read. */
export interface OnnxTensorOutline {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  /** Where its bytes lie outside the model; undefined where they are inside. */
  readonly external: ExternalData | undefined;
}

/**
 * An attribute's value; its kind is part of it, because ONNX tells `1` the integer from `1` the float. `Tensor` is what
 * stands for a constant here and below.
 */
export type OnnxAttribute<Tensor = OnnxTensor> =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "tensor"; readonly value: Tensor }
  | { readonly kind: "graph"; readonly value: OnnxGraph<Tensor> };

/** One operation. An empty input name is an optional input left out. */
export interface OnnxNode<Tensor = OnnxTensor> {
  readonly op: string;
  /** Default: "" (the standard operators); ONNX Runtime's own are in `com.microsoft`. */
  readonly domain?: string;
  readonly name?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute<Tensor>>>;
}

/** A graph's input or output; a dimension is a number, or a name where it varies. */
export interface OnnxValue {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph<Tensor = OnnxTensor> {
  readonly name: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly initializers: readonly Tensor[];
  readonly nodes: readonly OnnxNode<Tensor>[];
}

export interface OnnxModel<Tensor = OnnxTensor> {
  readonly irVersion: number;
  readonly producer: string;
  /** Version by operator domain ("" is the standard one). */
  readonly opsets: Readonly<Record<string, number>>;
  readonly graph: OnnxGraph<Tensor>;
  /** Free key-value pairs that travel with the model. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** An ONNX model without the elements of its tensors. */
export interface OnnxOutline extends OnnxModel<OnnxTensorOutline> {
  /** The nodes of each of the file's functions; attributes that refer to a function's own are left out. */
  readonly functions: readonly (readonly OnnxNode<OnnxTensorOutline>[])[];
}

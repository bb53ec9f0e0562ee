import type { TensorData, TensorType } from "@palaver/core";

/** A typed array's constructor. */
interface TensorArray {
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): TensorData;
}

/** How a tensor type is stored, and its number in ONNX (`TensorProto.DataType`, which ONNX Runtime's C API shares). */
export interface TensorTypeInfo {
  readonly code: number;
  readonly array: TensorArray;
}

/** Storage of every tensor type; 16-bit floats are kept as their bits, booleans as bytes. */
export const TENSOR_TYPES: Readonly<Record<TensorType, TensorTypeInfo>> = {
  float32: { code: 1, array: Float32Array },
  uint8: { code: 2, array: Uint8Array },
  int8: { code: 3, array: Int8Array },
  uint16: { code: 4, array: Uint16Array },
  int16: { code: 5, array: Int16Array },
  int32: { code: 6, array: Int32Array },
  int64: { code: 7, array: BigInt64Array },
  bool: { code: 9, array: Uint8Array },
  float16: { code: 10, array: Uint16Array },
  float64: { code: 11, array: Float64Array },
  uint32: { code: 12, array: Uint32Array },
  uint64: { code: 13, array: BigUint64Array },
  bfloat16: { code: 16, array: Uint16Array },
};

/** The tensor type of a number of ONNX; undefined for strings, complex numbers and sub-byte types. */
export function tensorTypeOf(code: number): TensorType | undefined {
  return TYPE_BY_CODE.get(code);
}

// --- internal ---

// The keys of the table are tensor types by its own declaration; Object.entries only knows strings.
const TYPE_BY_CODE: ReadonlyMap<number, TensorType> = new Map(
  Object.entries(TENSOR_TYPES).map(([type, { code }]) => [code, type as TensorType]),
);

import { PalaverError } from "@palaver/core";
import { GGML_TYPES, type GgmlType } from "./ggml-type.ts";
import { unpackQ4K, unpackQ5K, unpackQ6K } from "./k-blocks.ts";
import { unpackQ40, unpackQ41, unpackQ50, unpackQ51, unpackQ80 } from "./legacy-blocks.ts";
import { toFloat32 } from "./to-float32.ts";

/**
 * `count` elements of a GGUF tensor as float32, in new memory, exactly as ggml computes them.
 * @throws ERR_UNSUPPORTED for the types that are only known by name (Q2_K, Q3_K, the IQ, TQ and FP4 families, integers,
 * F64), ERR_INVALID_ARGUMENT when `count` is no whole number of blocks or does not fit the bytes
 */
export function dequantize(type: GgmlType, bytes: Uint8Array, count: number): Float32Array {
  const { blockElements, blockBytes } = GGML_TYPES[type];
  if (count % blockElements !== 0 || (count / blockElements) * blockBytes !== bytes.byteLength) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `${bytes.byteLength} bytes are not ${count} elements of ${type}`);
  }
  const unpack = UNPACKERS[type];
  if (unpack === undefined) return toFloat32(type, bytes);
  const values = new Float32Array(count);
  unpack(bytes, values);
  return values;
}

// --- internal ---

const UNPACKERS: Partial<Record<GgmlType, (bytes: Uint8Array, values: Float32Array) => void>> = {
  Q4_0: unpackQ40,
  Q4_1: unpackQ41,
  Q5_0: unpackQ50,
  Q5_1: unpackQ51,
  Q8_0: unpackQ80,
  Q4_K: unpackQ4K,
  Q5_K: unpackQ5K,
  Q6_K: unpackQ6K,
};

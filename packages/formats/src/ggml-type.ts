/**
 * Tensor types of GGUF files: how many elements a block holds, in how many bytes.
 * Codes and sizes: `enum ggml_type` and the `block_*` structures of https://github.com/ggml-org/ggml
 * (include/ggml.h, src/ggml-common.h).
 */

import { elementCount } from "./element-count.ts";

/** What is known of one type. */
export interface GgmlTypeInfo {
  readonly code: number;
  /** Elements of one block; rows are whole blocks. */
  readonly blockElements: number;
  readonly blockBytes: number;
}

const TYPES = {
  F32: { code: 0, blockElements: 1, blockBytes: 4 },
  F16: { code: 1, blockElements: 1, blockBytes: 2 },
  Q4_0: { code: 2, blockElements: 32, blockBytes: 18 },
  Q4_1: { code: 3, blockElements: 32, blockBytes: 20 },
  Q5_0: { code: 6, blockElements: 32, blockBytes: 22 },
  Q5_1: { code: 7, blockElements: 32, blockBytes: 24 },
  Q8_0: { code: 8, blockElements: 32, blockBytes: 34 },
  Q8_1: { code: 9, blockElements: 32, blockBytes: 36 },
  Q2_K: { code: 10, blockElements: 256, blockBytes: 84 },
  Q3_K: { code: 11, blockElements: 256, blockBytes: 110 },
  Q4_K: { code: 12, blockElements: 256, blockBytes: 144 },
  Q5_K: { code: 13, blockElements: 256, blockBytes: 176 },
  Q6_K: { code: 14, blockElements: 256, blockBytes: 210 },
  Q8_K: { code: 15, blockElements: 256, blockBytes: 292 },
  IQ2_XXS: { code: 16, blockElements: 256, blockBytes: 66 },
  IQ2_XS: { code: 17, blockElements: 256, blockBytes: 74 },
  IQ3_XXS: { code: 18, blockElements: 256, blockBytes: 98 },
  IQ1_S: { code: 19, blockElements: 256, blockBytes: 50 },
  IQ4_NL: { code: 20, blockElements: 32, blockBytes: 18 },
  IQ3_S: { code: 21, blockElements: 256, blockBytes: 110 },
  IQ2_S: { code: 22, blockElements: 256, blockBytes: 82 },
  IQ4_XS: { code: 23, blockElements: 256, blockBytes: 136 },
  I8: { code: 24, blockElements: 1, blockBytes: 1 },
  I16: { code: 25, blockElements: 1, blockBytes: 2 },
  I32: { code: 26, blockElements: 1, blockBytes: 4 },
  I64: { code: 27, blockElements: 1, blockBytes: 8 },
  F64: { code: 28, blockElements: 1, blockBytes: 8 },
  IQ1_M: { code: 29, blockElements: 256, blockBytes: 56 },
  BF16: { code: 30, blockElements: 1, blockBytes: 2 },
  TQ1_0: { code: 34, blockElements: 256, blockBytes: 54 },
  TQ2_0: { code: 35, blockElements: 256, blockBytes: 66 },
  MXFP4: { code: 39, blockElements: 32, blockBytes: 17 },
  NVFP4: { code: 40, blockElements: 64, blockBytes: 36 },
} as const satisfies Readonly<Record<string, GgmlTypeInfo>>;

/** A tensor type that GGUF files may name. Only those of `DequantizableType` can be turned into float32. */
export type GgmlType = keyof typeof TYPES;

/** Code and block size of every type. */
export const GGML_TYPES: Readonly<Record<GgmlType, GgmlTypeInfo>> = TYPES;

const TYPES_BY_CODE = new Map(Object.entries(TYPES).map(([type, { code }]) => [code as number, type as GgmlType]));

/** The type with this code; undefined where there is none. */
export function ggmlTypeOf(code: number): GgmlType | undefined {
  return TYPES_BY_CODE.get(code);
}

/** Bytes of a tensor; undefined where the shape is impossible or its rows are no whole blocks. */
export function ggmlByteLength(type: GgmlType, shape: readonly number[]): number | undefined {
  const { blockElements, blockBytes } = GGML_TYPES[type];
  const count = elementCount(shape);
  if (count === undefined || (shape.at(-1) ?? 1) % blockElements !== 0) return undefined;
  const bytes = (count / blockElements) * blockBytes;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

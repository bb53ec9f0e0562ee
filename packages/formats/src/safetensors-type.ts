/**
 * Element types of safetensors files and their sizes in bits: the `Dtype` of
 * https://github.com/huggingface/safetensors (safetensors/src/tensor.rs, version 0.8).
 */
export const SAFETENSORS_BITS = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const satisfies Readonly<Record<string, number>>;

/** An element type by the format's own name. */
export type SafetensorsType = keyof typeof SAFETENSORS_BITS;

/** True for a name of the format's list. */
export function isSafetensorsType(name: string): name is SafetensorsType {
  return Object.hasOwn(SAFETENSORS_BITS, name);
}

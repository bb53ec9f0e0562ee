/** Constants of the GGUF layout (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md), for reader and writer. */

/** "GGUF", read as a little-endian number. */
export const GGUF_MAGIC = 0x46554747;

/** Where tensors begin when the file does not say: `general.alignment`'s default. */
export const GGUF_DEFAULT_ALIGNMENT = 32;

/** `GGML_MAX_DIMS`. */
export const GGUF_MAX_DIMENSIONS = 4;

/** Length of a name (8), number of dimensions (4), type (4), offset (8). */
export const GGUF_MIN_TENSOR_INFO_BYTES = 24;

/** The next multiple of `alignment`. */
export function alignedTo(alignment: number, offset: number): number {
  return Math.ceil(offset / alignment) * alignment;
}

/** True for what `general.alignment` may be. */
export function isAlignment(value: number): boolean {
  return value > 0 && Number.isInteger(Math.log2(value));
}

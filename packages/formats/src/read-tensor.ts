import { type ByteSource, PalaverError } from "@palaver/core";
import { malformed } from "./malformed.ts";

/** Where something lies in a file, in bytes from its start. */
export interface ByteRange {
  readonly offset: number;
  readonly byteLength: number;
}

// Large enough to keep a disk busy, small enough to hold several.
const DEFAULT_CHUNK_BYTES = 2 ** 20;

/**
 * The bytes of one tensor. They may be a view of the source's memory: do not write into them.
 * @throws ERR_FORMAT when the range leaves the file, ERR_IO when the source gives another number of bytes
 */
export async function readTensor(source: ByteSource, tensor: ByteRange): Promise<Uint8Array> {
  return readRange(source, tensor.offset, tensor.byteLength);
}

export interface ReadTensorChunksOptions {
  /** Bytes of each chunk but the last. Default: 1 MiB. */
  readonly chunkBytes?: number;
}

/**
 * The bytes of one tensor in order, chunk by chunk: for copying between files without holding a whole tensor.
 * @throws ERR_INVALID_ARGUMENT, ERR_FORMAT, ERR_IO
 */
export async function* readTensorChunks(
  source: ByteSource,
  tensor: ByteRange,
  options: ReadTensorChunksOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { chunkBytes = DEFAULT_CHUNK_BYTES } = options;
  if (!(Number.isSafeInteger(chunkBytes) && chunkBytes > 0)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `chunkBytes must be a positive integer, got ${chunkBytes}`);
  }
  const { offset, byteLength } = tensor;
  for (let at = 0; at < byteLength; at += chunkBytes) {
    yield await readRange(source, offset + at, Math.min(chunkBytes, byteLength - at));
  }
}

/** Reads a range after checking it against the file's size: the one place where this package reads a source. */
export async function readRange(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  const isRange = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (!isRange || length > source.size - offset) {
    throw malformed(`the file has ${source.size} bytes, ${length} are expected at ${offset}`, { offset, length });
  }
  const bytes = await source.read(offset, length);
  if (bytes.byteLength !== length) {
    throw new PalaverError("ERR_IO", `asked for ${length} bytes at ${offset}, got ${bytes.byteLength}`, {
      details: { offset, length },
    });
  }
  return bytes;
}

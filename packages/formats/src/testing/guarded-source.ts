import { type ByteSource, PalaverError } from "@palaver/core";

/** A source that records what was read. */
export interface GuardedSource extends ByteSource {
  /** Bytes read in all. */
  readonly bytesRead: number;
}

/**
 * A source that refuses any read outside the file, with an error that no reader under test throws itself. Each read gives
 * memory of its own size, so that a reader that goes beyond it meets no neighbouring bytes.
 */
export function guardedSource(bytes: Uint8Array): GuardedSource {
  let bytesRead = 0;
  return {
    size: bytes.byteLength,
    get bytesRead() {
      return bytesRead;
    },
    async read(offset, length) {
      const valid = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
      if (!valid || offset + length > bytes.byteLength) {
        throw new PalaverError("ERR_RUNTIME", `read outside the file: ${length} bytes at ${offset}`);
      }
      bytesRead += length;
      return new Uint8Array(bytes.subarray(offset, offset + length));
    },
  };
}

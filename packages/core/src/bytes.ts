/** Random access to bytes: a file, a buffer, a range of another source. Pure packages read files through it. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /** Exactly `length` bytes from `offset` on. The caller has checked them against `size`. @throws ERR_IO */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Takes bytes in order. Packages that write large files write through it. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
}

/** A source over bytes in memory; `read` gives views, not copies. */
export function byteSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.byteLength,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  };
}

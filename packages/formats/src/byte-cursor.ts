/**
 * Walks a source from its start, a chunk at a time, so that a header of a few megabytes costs a few reads whatever the
 * size of the file. `has` and `fill` make bytes available; the readers after them are synchronous, because a vocabulary
 * has half a million strings and a promise for each would cost more than the strings.
 */

import { type ByteSource, PalaverError } from "@palaver/core";
import { malformed } from "./malformed.ts";
import { readRange } from "./read-tensor.ts";

const CHUNK_BYTES = 2 ** 18;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export class ByteCursor {
  readonly #source: ByteSource;
  readonly #limit: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  #start = 0;
  #at = 0;

  /** Reads no further than `limit` bytes from the start. */
  constructor(source: ByteSource, limit: number) {
    this.#source = source;
    this.#limit = limit;
  }

  /** Bytes from the start of the file. */
  get offset(): number {
    return this.#start + this.#at;
  }

  /** Bytes left in the file. */
  get left(): number {
    return this.#source.size - this.offset;
  }

  /** True when the next `length` bytes are here. */
  has(length: number): boolean {
    return length <= this.#bytes.byteLength - this.#at;
  }

  /** Reads on, so that the next `length` bytes are here. @throws ERR_FORMAT at the file's end, ERR_LIMIT, ERR_IO */
  async fill(length: number): Promise<void> {
    const { offset, left } = this;
    if (length > left) throw malformed(`the file ends at ${offset + left}, ${length} bytes are expected at ${offset}`);
    if (length > this.#limit - offset) {
      throw new PalaverError("ERR_LIMIT", `the header is longer than ${this.#limit} bytes`, { details: { offset } });
    }
    this.#bytes = await readRange(this.#source, offset, Math.min(Math.max(length, CHUNK_BYTES), left));
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
    this.#start = offset;
    this.#at = 0;
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  int8(): number {
    return this.#view.getInt8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  int16(): number {
    return this.#view.getInt16(this.#advance(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  float32(): number {
    return this.#view.getFloat32(this.#advance(4), true);
  }

  float64(): number {
    return this.#view.getFloat64(this.#advance(8), true);
  }

  uint64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true);
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.#advance(8), true);
  }

  /** A 64-bit size as a number; beyond 2^53 it is inexact, and too large for any file, so that every check refuses it. */
  size(): number {
    const low = this.uint32();
    return this.uint32() * 2 ** 32 + low;
  }

  /** The next bytes, as a view that the next `fill` leaves behind. */
  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** The next bytes as text. @throws ERR_FORMAT when they are not UTF-8 */
  text(length: number): string {
    const { offset } = this;
    try {
      return decoder.decode(this.bytes(length));
    } catch (cause) {
      if (cause instanceof TypeError) throw malformed(`the string at ${offset} is not UTF-8`, { offset });
      throw cause;
    }
  }

  #advance(length: number): number {
    const at = this.#at;
    this.#at += length;
    return at;
  }
}

import { PalaverError } from "@palaver/core";

const encoder = new TextEncoder();

/** Writes little-endian values into memory that grows. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  uint8(value: number): void {
    const at = this.#extend(1);
    this.#view.setUint8(at, value);
  }

  int8(value: number): void {
    const at = this.#extend(1);
    this.#view.setInt8(at, value);
  }

  uint16(value: number): void {
    const at = this.#extend(2);
    this.#view.setUint16(at, value, true);
  }

  int16(value: number): void {
    const at = this.#extend(2);
    this.#view.setInt16(at, value, true);
  }

  uint32(value: number): void {
    const at = this.#extend(4);
    this.#view.setUint32(at, value, true);
  }

  int32(value: number): void {
    const at = this.#extend(4);
    this.#view.setInt32(at, value, true);
  }

  float32(value: number): void {
    const at = this.#extend(4);
    this.#view.setFloat32(at, value, true);
  }

  float64(value: number): void {
    const at = this.#extend(8);
    this.#view.setFloat64(at, value, true);
  }

  uint64(value: bigint): void {
    const at = this.#extend(8);
    this.#view.setBigUint64(at, value, true);
  }

  int64(value: bigint): void {
    const at = this.#extend(8);
    this.#view.setBigInt64(at, value, true);
  }

  bytes(value: Uint8Array): void {
    const at = this.#extend(value.byteLength);
    this.#bytes.set(value, at);
  }

  /** UTF-8 with its length in 64 bits before it. @throws ERR_INVALID_ARGUMENT for a lone surrogate */
  string(value: string): void {
    if (/\p{Surrogate}/u.test(value)) {
      throw new PalaverError("ERR_INVALID_ARGUMENT", `the string ${JSON.stringify(value)} has a lone surrogate`);
    }
    const bytes = encoder.encode(value);
    this.uint64(BigInt(bytes.byteLength));
    this.bytes(bytes);
  }

  /** Zeros up to the next multiple. */
  pad(multiple: number): void {
    this.#extend(Math.ceil(this.#size / multiple) * multiple - this.#size);
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(0, this.#size));
  }

  // Called before the memory is named, because it may replace that.
  #extend(length: number): number {
    const start = this.#size;
    this.#size += length;
    if (this.#size > this.#bytes.byteLength) {
      const grown = new Uint8Array(Math.max(this.#size, 2 * this.#bytes.byteLength));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return start;
  }
}

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
    this.#view.setUint8(this.#extend(1), value);
  }

  int8(value: number): void {
    this.#view.setInt8(this.#extend(1), value);
  }

  uint16(value: number): void {
    this.#view.setUint16(this.#extend(2), value, true);
  }

  int16(value: number): void {
    this.#view.setInt16(this.#extend(2), value, true);
  }

  uint32(value: number): void {
    this.#view.setUint32(this.#extend(4), value, true);
  }

  int32(value: number): void {
    this.#view.setInt32(this.#extend(4), value, true);
  }

  float32(value: number): void {
    this.#view.setFloat32(this.#extend(4), value, true);
  }

  float64(value: number): void {
    this.#view.setFloat64(this.#extend(8), value, true);
  }

  uint64(value: bigint): void {
    this.#view.setBigUint64(this.#extend(8), value, true);
  }

  int64(value: bigint): void {
    this.#view.setBigInt64(this.#extend(8), value, true);
  }

  bytes(value: Uint8Array): void {
    this.#bytes.set(value, this.#extend(value.byteLength));
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

/**
 * Writes the protobuf wire format (https://protobuf.dev/programming-guides/encoding/): only what ONNX needs.
 * Parts are collected and joined once, so tensor data is copied a single time whatever its nesting.
 */

import { PalaverError } from "@palaver/core";

/** Wire types of the protobuf encoding. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
export const FIXED32 = 5;

// Protobuf libraries measure messages in signed 32-bit numbers and refuse what is larger.
const MAX_MESSAGE_BYTES = 2 ** 31 - 1;

const encoder = new TextEncoder();

/** One message under construction. */
export class ProtoWriter {
  readonly #parts: Uint8Array[] = [];
  #size = 0;

  /** An `int64`, `int32` or enum field. @throws ERR_INVALID_ARGUMENT */
  int(field: number, value: number): void {
    this.#push(varint(field * 8 + VARINT));
    this.#push(signedVarint(value));
  }

  /** A `float` field. */
  float(field: number, value: number): void {
    this.#push(varint(field * 8 + FIXED32));
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.#push(bytes);
  }

  /** A `bytes` field. The bytes are not copied before `finish`. */
  bytes(field: number, value: Uint8Array): void {
    this.#header(field, value.byteLength);
    this.#push(value);
  }

  /** A `string` field. @throws ERR_INVALID_ARGUMENT for a lone surrogate, which UTF-8 cannot hold */
  string(field: number, value: string): void {
    if (/\p{Surrogate}/u.test(value)) {
      throw new PalaverError("ERR_INVALID_ARGUMENT", `the string ${JSON.stringify(value)} has a lone surrogate`);
    }
    this.bytes(field, encoder.encode(value));
  }

  /** A packed `repeated int64` field; nothing is written for an empty list. @throws ERR_INVALID_ARGUMENT */
  ints(field: number, values: readonly number[]): void {
    if (values.length === 0) return;
    this.message(field, (list) => {
      for (const value of values) list.#push(signedVarint(value));
    });
  }

  /** A packed `repeated float` field; nothing is written for an empty list. */
  floats(field: number, values: readonly number[]): void {
    if (values.length === 0) return;
    const bytes = new Uint8Array(4 * values.length);
    const view = new DataView(bytes.buffer);
    values.forEach((value, index) => {
      view.setFloat32(4 * index, value, true);
    });
    this.bytes(field, bytes);
  }

  /** A nested message, written by `write`. */
  message(field: number, write: (message: ProtoWriter) => void): void {
    const inner = new ProtoWriter();
    write(inner);
    this.#header(field, inner.#size);
    for (const part of inner.#parts) this.#push(part);
  }

  /** The message's bytes. @throws ERR_LIMIT when they pass what protobuf can hold */
  finish(): Uint8Array {
    if (this.#size > MAX_MESSAGE_BYTES) {
      throw new PalaverError(
        "ERR_LIMIT",
        `the message needs ${this.#size} bytes, protobuf holds ${MAX_MESSAGE_BYTES}: keep large tensors in external data`,
      );
    }
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.byteLength;
    }
    return all;
  }

  #header(field: number, length: number): void {
    this.#push(varint(field * 8 + LENGTH_DELIMITED));
    this.#push(varint(length));
  }

  #push(part: Uint8Array): void {
    this.#parts.push(part);
    this.#size += part.byteLength;
  }
}

// --- internal ---

// Arithmetic instead of bit operators, because those cut to 32 bits.
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

// A negative number is written as its 64-bit two's complement: ten bytes.
function signedVarint(value: number): Uint8Array {
  if (!Number.isSafeInteger(value)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `${value} is not an integer that a number holds exactly`);
  }
  if (value >= 0) return varint(value);
  const bytes = new Uint8Array(10);
  let rest = BigInt.asUintN(64, BigInt(value));
  for (let index = 0; index < 9; index++) {
    bytes[index] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
  }
  bytes[9] = Number(rest);
  return bytes;
}

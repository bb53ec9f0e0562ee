/**
 * Reads the protobuf wire format from untrusted bytes. Slices are views, nothing outside `[start, end)` is touched,
 * and every field costs from a budget shared by the whole message, because two bytes can stand for a large object.
 */

import { PalaverError } from "@palaver/core";
import { malformed } from "./malformed.ts";
import { FIXED32, FIXED64, LENGTH_DELIMITED, VARINT } from "./proto-writer.ts";

/**
 * What a message and a string cost in fields, beyond the field that holds them: about what they take, measured on
 * millions of the smallest ones (a field passed over 20 ns, a string 150 ns, a message with what is made of it 600 ns
 * to 2 microseconds).
 */
const MESSAGE_COST = 15;
const STRING_COST = 3;

// A long string costs what it takes as well, a field for this many bytes of it.
const STRING_BYTES_A_FIELD = 64;

// V8's strings end at 2^29 - 24 characters, with an error that is not ours; no name and no text of a real file comes near.
const MAX_STRING_BYTES = 2 ** 28;

/** What the readers of one file share. */
export interface ProtoFile {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** What may still be read: fields and numbers in lists, each counting one, messages and strings counting more. */
  fieldsLeft: number;
}

/** A file of which at most `maxFields` fields are read. */
export function protoFile(bytes: Uint8Array, maxFields: number): ProtoFile {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), fieldsLeft: maxFields };
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Walks the fields of one message: `while (reader.next()) switch (reader.field)`. */
export class ProtoReader {
  /** The current field's number. */
  field = 0;
  readonly #file: ProtoFile;
  readonly #end: number;
  #at: number;
  #wire = 0;
  #seen = 0;

  constructor(file: ProtoFile, start = 0, end = file.bytes.byteLength) {
    this.#file = file;
    this.#at = start;
    this.#end = end;
  }

  /** Moves to the next field; false at the message's end. @throws ERR_FORMAT, ERR_LIMIT */
  next(): boolean {
    if (this.#at === this.#end) return false;
    this.spend();
    const tag = this.#unsigned();
    this.field = Math.floor(tag / 8);
    this.#wire = tag % 8;
    if (this.field === 0 || this.field >= 2 ** 29) throw this.#error(`has no field ${this.field}`);
    return true;
  }

  /** Refuses a second value of the current field (below 32, as all known ones are), where parsers disagree whether it replaces or merges. */
  once(): this {
    const bit = 1 << this.field;
    if ((this.#seen & bit) !== 0) throw this.#error("has a second value of a field that holds one");
    this.#seen |= bit;
    return this;
  }

  /** An integer field. @throws ERR_UNSUPPORTED when a number cannot hold it exactly */
  int(): number {
    this.#expect(VARINT);
    return this.#signed();
  }

  float(): number {
    return this.#file.view.getFloat32(this.#take(FIXED32, 4), true);
  }

  /** A `bytes` field as a view. */
  bytes(): Uint8Array {
    return this.slice(...this.span());
  }

  /** @throws ERR_FORMAT when it is not UTF-8, ERR_LIMIT beyond 256 MiB */
  string(): string {
    const at = this.#at;
    const bytes = this.bytes();
    if (bytes.byteLength > MAX_STRING_BYTES) {
      throw new PalaverError(
        "ERR_LIMIT",
        `protobuf: a string has ${bytes.byteLength} bytes, at most ${MAX_STRING_BYTES} are read`,
        { details: { offset: at } },
      );
    }
    this.spend(STRING_COST + Math.floor(bytes.byteLength / STRING_BYTES_A_FIELD));
    try {
      return decoder.decode(bytes);
    } catch (cause) {
      if (cause instanceof TypeError) throw malformed("protobuf: a string is not UTF-8", { offset: at });
      throw cause;
    }
  }

  message(): ProtoReader {
    this.spend(MESSAGE_COST);
    return this.range(...this.span());
  }

  /** A view of these bytes of the file, as `numberSpan` gave them. */
  slice(start: number, end: number): Uint8Array {
    return this.#file.bytes.subarray(start, end);
  }

  /** A reader of these bytes of the file, as `numberSpan` gave them. */
  range(start: number, end: number): ProtoReader {
    return new ProtoReader(this.#file, start, end);
  }

  /** Where the current length-delimited field's content lies. */
  span(): [start: number, end: number] {
    this.#expect(LENGTH_DELIMITED);
    const length = this.#unsigned();
    if (length > this.#end - this.#at) throw this.#error(`has ${length} bytes, ${this.#end - this.#at} are left`);
    const start = this.#at;
    this.#at += length;
    return [start, this.#at];
  }

  /** Where the current repeated number's values lie, packed or single; `wire` is the wire type of one. */
  numberSpan(wire: typeof VARINT | typeof FIXED32 | typeof FIXED64): [start: number, end: number] {
    if (this.#wire === LENGTH_DELIMITED) return this.span();
    this.#expect(wire);
    const start = this.#at;
    this.skip();
    return [start, this.#at];
  }

  /** Adds the current repeated integers, packed or single, to `list`. */
  ints(list: number[]): void {
    if (this.#wire !== LENGTH_DELIMITED) {
      list.push(this.int());
      return;
    }
    const inner = this.range(...this.span());
    while (inner.#at < inner.#end) {
      inner.spend();
      list.push(inner.#signed());
    }
  }

  /** Adds the current repeated floats, packed or single, to `list`. */
  floats(list: number[]): void {
    const [start, end] = this.numberSpan(FIXED32);
    if ((end - start) % 4 !== 0) throw this.#error("has a broken list of floats");
    for (let at = start; at < end; at += 4) {
      this.spend();
      list.push(this.#file.view.getFloat32(at, true));
    }
  }

  /** The next varint of a packed list, unsigned; undefined at its end. `spend` for them comes first. */
  packed(): number | bigint | undefined {
    return this.#at === this.#end ? undefined : this.#varint();
  }

  /** Passes over a field that is not wanted. */
  skip(): void {
    if (this.#wire === VARINT) this.#varint();
    else if (this.#wire === LENGTH_DELIMITED) this.span();
    else if (this.#wire === FIXED32) this.#take(FIXED32, 4);
    else if (this.#wire === FIXED64) this.#take(FIXED64, 8);
    else throw this.#error(`has wire type ${this.#wire}`);
  }

  /** Takes from what the file may cost. @throws ERR_LIMIT */
  spend(cost = 1): void {
    if (this.#file.fieldsLeft < cost) {
      throw new PalaverError("ERR_LIMIT", "protobuf: the file has more fields than maxFields allows", {
        details: { offset: this.#at },
      });
    }
    this.#file.fieldsLeft -= cost;
  }

  // --- internal ---

  #expect(wire: number): void {
    if (this.#wire !== wire) throw this.#error(`has wire type ${this.#wire} instead of ${wire}`);
  }

  #take(wire: number, length: number): number {
    this.#expect(wire);
    if (length > this.#end - this.#at) throw this.#error("is cut short");
    const start = this.#at;
    this.#at += length;
    return start;
  }

  // Lengths and tags. Beyond 2^53 a number is inexact, but such a value fails the next comparison anyway.
  #unsigned(): number {
    return Number(this.#varint());
  }

  #signed(): number {
    const value = this.#varint();
    if (typeof value === "number") return value;
    const number = Number(BigInt.asIntN(64, value));
    if (Number.isSafeInteger(number)) return number;
    throw new PalaverError("ERR_UNSUPPORTED", `protobuf: the integer ${value} is beyond 2^53`, {
      details: { offset: this.#at },
    });
  }

  // Seven bytes (49 bits) fit a number; only what is longer takes the slow way.
  #varint(): number | bigint {
    let low = 0;
    let scale = 1;
    for (let index = 0; index < 7; index++) {
      const byte = this.#byte();
      low += (byte & 0x7f) * scale;
      if (byte < 0x80) return low;
      scale *= 0x80;
    }
    let value = BigInt(low);
    for (let shift = 49n; shift <= 63n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      if (shift === 63n && byte > 1) break;
      return value;
    }
    throw this.#error("has a number beyond 64 bits");
  }

  #byte(): number {
    const byte = this.#at < this.#end ? this.#file.bytes[this.#at] : undefined;
    if (byte === undefined) throw this.#error("is cut short");
    this.#at++;
    return byte;
  }

  #error(what: string): PalaverError {
    return malformed(`protobuf: field ${this.field} ${what}`, { field: this.field, offset: this.#at });
  }
}

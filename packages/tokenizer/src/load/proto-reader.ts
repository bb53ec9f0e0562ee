/** The wire format of protocol buffers, as far as reading needs it (https://protobuf.dev/programming-guides/encoding/). */
import { PalaverError } from "@palaver/core";

/** Reads the fields of one message. Every read checks that it stays inside. */
export class ProtoReader {
  readonly path: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;
  readonly #end: number;
  #wire = -1;
  /** The number of the field that `next` found. */
  field = 0;

  constructor(bytes: Uint8Array, path: string, start = 0, end: number = bytes.length) {
    this.path = path;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
    this.#end = end;
  }

  /** Goes to the next field: false at the end. Whatever the last one held must have been read or skipped. */
  next(): boolean {
    if (this.#wire >= 0) this.skip();
    if (this.#at >= this.#end) return false;
    const tag = this.#readVarint();
    this.field = Math.floor(tag / 8);
    this.#wire = tag % 8;
    if (this.field === 0) this.fail("field number 0");
    return true;
  }

  /** A whole number in 32 bits, signed. */
  varint(): number {
    this.#take(0);
    return this.#readVarint() | 0;
  }

  float(): number {
    this.#take(5);
    const value = this.#view.getFloat32(this.#advance(4), true);
    return value;
  }

  bytes(): Uint8Array {
    this.#take(2);
    const length = this.#readVarint();
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  text(): string {
    return decoder.decode(this.bytes());
  }

  /** A message inside of this one. */
  message(): ProtoReader {
    this.#take(2);
    const length = this.#readVarint();
    const start = this.#advance(length);
    return new ProtoReader(this.#bytes, this.path, start, start + length);
  }

  /** Steps over the value, if it has not been read. */
  skip(): void {
    const wire = this.#wire;
    if (wire < 0) return;
    this.#wire = -1;
    if (wire === 0) this.#readVarint();
    else if (wire === 1) this.#advance(8);
    else if (wire === 2) this.#advance(this.#readVarint());
    else if (wire === 5) this.#advance(4);
    else this.fail(`wire type ${wire}`);
  }

  fail(what: string): never {
    throw new PalaverError("ERR_FORMAT", `${this.path} is not a SentencePiece model: ${what} at byte ${this.#at}`, {
      details: { path: this.path, offset: this.#at },
    });
  }

  #take(wire: number): void {
    if (this.#wire !== wire) this.fail(`field ${this.field} has wire type ${this.#wire}, not ${wire}`);
    this.#wire = -1;
  }

  #advance(length: number): number {
    const start = this.#at;
    if (length > this.#end - start) this.fail(`${length} bytes where ${this.#end - start} are left`);
    this.#at = start + length;
    return start;
  }

  #readVarint(): number {
    let value = 0;
    for (let shift = 0; shift < 10; shift++) {
      if (this.#at >= this.#end) this.fail("unfinished number");
      const byte = this.#bytes[this.#at++]!;
      // Numbers beyond 2^53 lose their lowest bits; only negative ones get there, and their high bits are cut off.
      if (shift < 5) value += (byte & 127) * 2 ** (7 * shift);
      if (byte < 128) return value;
    }
    return this.fail("a number of more than 10 bytes");
  }
}

// --- internal ---

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

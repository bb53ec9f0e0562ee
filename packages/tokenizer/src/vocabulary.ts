/**
 * Tokens as bytes in one arena, found by hash: no JavaScript string is made for a token until somebody asks for one.
 *
 * A byte-level vocabulary holds the bytes that its tokens stand for; others hold the UTF-8 of the spelling. Control
 * tokens are kept apart: `find`, which is all that models use, never gives one, so no text can be merged into one.
 */
import { PalaverError } from "@palaver/core";
import { readSpelledBytes, spellBytes } from "./byte-alphabet.ts";
import { limits } from "./limits.ts";
import { utf8Bytes } from "./utf8.ts";

export interface VocabularyOptions {
  /** Tokens are spelled in the byte alphabet. Default: false. */
  readonly byteLevel?: boolean;
}

/** Ids, their bytes and their spellings. Built once by `add` and `hide`, then only read. */
export class Vocabulary {
  readonly byteLevel: boolean;
  readonly #hidden = new Set<number>();
  /** Spellings outside the byte alphabet, kept as UTF-8. */
  readonly #literals = new Set<number>();
  /** Ids that `find` must not give, by spelling. */
  readonly #apart = new Map<string, number>();
  #arena = new Uint8Array(1 << 12);
  #used = 0;
  #starts = new Int32Array(1 << 8).fill(-1);
  #ends = new Int32Array(1 << 8);
  // Open addressing, id + 1 in each slot, at most half full.
  #slots = new Int32Array(1 << 10);
  #count = 0;
  #size = 0;
  #longest = 0;

  constructor({ byteLevel = false }: VocabularyOptions = {}) {
    this.byteLevel = byteLevel;
  }

  /** The highest id plus one. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of the longest token. */
  get longest(): number {
    return this.#longest;
  }

  /** Makes room for `bytes` of tokens up to id `ids - 1`, so that `add` need not grow step by step. */
  reserve(ids: number, bytes: number): void {
    this.#growIds(Math.min(ids, limits.vocabularySize) - 1);
    if (this.#arena.length < bytes) this.#arena = grown(this.#arena, bytes);
    let slots = this.#slots.length;
    while (slots < 2 * ids) slots *= 2;
    if (slots > this.#slots.length) this.#rehash(slots);
  }

  /** Adds a token spelled by the UTF-8 `source[from, to)`; of two with the same spelling the later is found. @throws ERR_LIMIT */
  add(id: number, source: Uint8Array, from = 0, to: number = source.length): void {
    const start = this.#room(id, to - from);
    const end = this.byteLevel ? readSpelledBytes(source, from, to, this.#arena, start) : -1;
    if (end >= 0) this.#literals.delete(id);
    else {
      for (let i = from; i < to; i++) this.#arena[start + i - from] = source[i]!;
      if (this.byteLevel) this.#literals.add(id);
    }
    this.#register(id, start, end >= 0 ? end : start + to - from);
  }

  /** Adds a token by the bytes that it stands for. @throws ERR_LIMIT */
  addBytes(id: number, bytes: Uint8Array): void {
    const start = this.#room(id, bytes.length);
    this.#arena.set(bytes, start);
    this.#literals.delete(id);
    this.#register(id, start, start + bytes.length);
  }

  /** Makes ids control tokens: `find` no longer gives them. */
  hide(ids: Iterable<number>): void {
    for (const id of ids) {
      if (!this.has(id)) continue;
      this.#hidden.add(id);
      this.#apart.set(this.token(id)!, id);
    }
    if (this.#hidden.size > 0) this.#rehash(this.#slots.length);
  }

  /** True for an id in use. */
  has(id: number): boolean {
    return Number.isInteger(id) && id >= 0 && id < this.#size && this.#starts[id]! >= 0;
  }

  /** The bytes of a token, as a view into the arena that callers must not change; empty for an unused id. */
  bytes(id: number): Uint8Array {
    return this.has(id) ? this.#arena.subarray(this.#starts[id], this.#ends[id]) : empty;
  }

  /** The number of a token's bytes. */
  byteLength(id: number): number {
    return this.has(id) ? this.#ends[id]! - this.#starts[id]! : 0;
  }

  /** The id of the token with the bytes `source[from, to)`, -1 if there is none or it is a control token. */
  find(source: Uint8Array, from: number, to: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = hashBytes(source, from, to) & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot]! - 1;
      if (id < 0) return -1;
      if (this.#equals(id, source, from, to)) return id;
    }
  }

  /** The token of an id, as the vocabulary spells it. */
  token(id: number): string | undefined {
    if (!this.has(id)) return undefined;
    const bytes = this.bytes(id);
    return this.byteLevel && !this.#literals.has(id) ? spellBytes(bytes) : decoder.decode(bytes);
  }

  /** The id of a token spelled as in the vocabulary, control tokens included. */
  id(token: string): number | undefined {
    const apart = this.#apart.get(token);
    if (apart !== undefined) return apart;
    const source = utf8Bytes(token);
    const bytes = this.byteLevel ? new Uint8Array(source.length) : source;
    const end = this.byteLevel ? readSpelledBytes(source, 0, source.length, bytes, 0) : source.length;
    const id = end < 0 ? -1 : this.find(bytes, 0, end);
    return id < 0 ? undefined : id;
  }

  /** Checks a new token against the limits and gives the place in the arena where it may be written. */
  #room(id: number, length: number): number {
    if (!(Number.isInteger(id) && id >= 0 && id < limits.vocabularySize)) {
      throw new PalaverError("ERR_LIMIT", `token id ${id} is outside [0, ${limits.vocabularySize})`, {
        details: { id, limit: "vocabularySize" },
      });
    }
    if (length > limits.tokenBytes) {
      throw new PalaverError("ERR_LIMIT", `token ${id} has ${length} bytes, the limit is ${limits.tokenBytes}`, {
        details: { id, limit: "tokenBytes" },
      });
    }
    if (this.#used + length > this.#arena.length) this.#arena = grown(this.#arena, this.#used + length);
    return this.#used;
  }

  #register(id: number, start: number, end: number): void {
    this.#growIds(id);
    this.#starts[id] = start;
    this.#ends[id] = end;
    this.#used = end;
    this.#size = Math.max(this.#size, id + 1);
    this.#longest = Math.max(this.#longest, end - start);
    if (this.#literals.has(id)) this.#apart.set(this.token(id)!, id);
    else this.#insert(id);
  }

  #equals(id: number, source: Uint8Array, from: number, to: number): boolean {
    const start = this.#starts[id]!;
    if (this.#ends[id]! - start !== to - from) return false;
    const arena = this.#arena;
    for (let i = from, j = start; i < to; i++, j++) if (arena[j] !== source[i]) return false;
    return true;
  }

  #insert(id: number): void {
    if (2 * (this.#count + 1) > this.#slots.length) this.#rehash(2 * this.#slots.length);
    const mask = this.#slots.length - 1;
    const start = this.#starts[id]!;
    const end = this.#ends[id]!;
    for (let slot = hashBytes(this.#arena, start, end) & mask; ; slot = (slot + 1) & mask) {
      const other = this.#slots[slot]! - 1;
      if (other >= 0 && other !== id && !this.#equals(other, this.#arena, start, end)) continue;
      if (other < 0) this.#count++;
      this.#slots[slot] = id + 1;
      return;
    }
  }

  #rehash(length: number): void {
    const old = this.#slots;
    this.#slots = new Int32Array(length);
    this.#count = 0;
    for (const stored of old) if (stored > 0 && !this.#hidden.has(stored - 1)) this.#insert(stored - 1);
  }

  #growIds(id: number): void {
    const length = this.#starts.length;
    if (id < length) return;
    const next = Math.max(id + 1, 2 * length);
    const starts = new Int32Array(next).fill(-1, length);
    starts.set(this.#starts);
    this.#starts = starts;
    const ends = new Int32Array(next);
    ends.set(this.#ends);
    this.#ends = ends;
  }
}

// --- internal ---

const empty = new Uint8Array();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function hashBytes(source: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ source[i]!, 0x01000193);
  return hash ^ (hash >>> 15);
}

function grown(bytes: Uint8Array<ArrayBuffer>, atLeast: number): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(Math.max(atLeast, 2 * bytes.length));
  next.set(bytes);
  return next;
}

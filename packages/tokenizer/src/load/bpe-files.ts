/** Vocabularies and merges of byte pair encoding, read in place from JSON or from lines. */
import { PalaverError } from "@palaver/core";
import { readSpelledBytes } from "../byte-alphabet.ts";
import { limits } from "../limits.ts";
import { MergeTable } from "../model/merge-table.ts";
import type { Vocabulary } from "../vocabulary.ts";
import type { JsonCursor } from "./json-cursor.ts";

/** Reads `{"token": id, ...}` into a vocabulary. @throws ERR_FORMAT, ERR_LIMIT */
export function readVocabObject(cursor: JsonCursor, vocabulary: Vocabulary): void {
  cursor.expect(0x7b);
  for (let first = true; cursor.more(0x7d, first); first = false) {
    cursor.string();
    const { source, from, to } = cursor;
    cursor.expect(0x3a);
    const id = cursor.number();
    if (!Number.isInteger(id) || id < 0) cursor.fail("expected a token id");
    vocabulary.add(id, source, from, to);
  }
}

/** Collects merges in order of rank. */
export class MergeReader {
  readonly table: MergeTable;
  readonly #vocabulary: Vocabulary;
  readonly #hidden: ReadonlySet<string>;
  readonly #file: string;
  #scratch = new Uint8Array(2 * limits.tokenBytes);
  #rank = 0;

  /** `hidden`: spellings of control tokens; merges that make one, or need one, are left out. */
  constructor(vocabulary: Vocabulary, hidden: ReadonlySet<string>, file: string, expected: number) {
    this.table = new MergeTable(expected);
    this.#vocabulary = vocabulary;
    this.#hidden = hidden;
    this.#file = file;
  }

  /** Adds the merge that `source[from, to)` spells with a space between the two. @throws ERR_FORMAT */
  addLine(source: Uint8Array, from: number, to: number): void {
    let gap = from;
    while (gap < to && source[gap] !== 0x20) gap++;
    const right = gap + 1;
    if (gap === from || right >= to) this.#fail("should be two tokens with a space between them");
    for (let i = right; i < to; i++) if (source[i] === 0x20) this.#fail("has more than one space");
    this.add(source, from, gap, source, right, to);
  }

  /** Adds the merge of two spelled tokens. @throws ERR_FORMAT, ERR_LIMIT */
  add(left: Uint8Array, leftFrom: number, leftTo: number, right: Uint8Array, rightFrom: number, rightTo: number): void {
    if (leftTo - leftFrom + rightTo - rightFrom > this.#scratch.length) this.#fail("is longer than any token");
    const rank = this.#rank++;
    const middle = this.#write(left, leftFrom, leftTo, 0);
    const end = middle < 0 ? -1 : this.#write(right, rightFrom, rightTo, middle);
    if (end < 0) this.#fail("is not spelled in the byte alphabet");
    const leftId = this.#vocabulary.find(this.#scratch, 0, middle);
    const rightId = this.#vocabulary.find(this.#scratch, middle, end);
    const result = this.#vocabulary.find(this.#scratch, 0, end);
    if (leftId >= 0 && rightId >= 0 && result >= 0) {
      this.table.add(leftId, rightId, rank, result);
      return;
    }
    const names = [decode(left, leftFrom, leftTo), decode(right, rightFrom, rightTo)];
    names.push(names.join(""));
    if (!names.some((name) => this.#hidden.has(name))) {
      const missing = [leftId, rightId, result].findIndex((id) => id < 0);
      this.#fail(`needs ${JSON.stringify(names[missing])}, which is not in the vocabulary`);
    }
  }

  #write(source: Uint8Array, from: number, to: number, at: number): number {
    if (this.#vocabulary.byteLevel) return readSpelledBytes(source, from, to, this.#scratch, at);
    for (let i = from; i < to; i++) this.#scratch[at++] = source[i]!;
    return at;
  }

  #fail(what: string): never {
    const rank = Math.max(0, this.#rank - 1);
    throw new PalaverError("ERR_FORMAT", `${this.#file}: merge ${rank} ${what}`, {
      details: { path: this.#file, merge: rank },
    });
  }
}

/** Reads `["a b", ...]` or `[["a", "b"], ...]`. @throws ERR_FORMAT, ERR_LIMIT */
export function readMergeList(cursor: JsonCursor, reader: MergeReader): void {
  cursor.expect(0x5b);
  for (let first = true; cursor.more(0x5d, first); first = false) {
    if (cursor.peek() === 0x22) {
      cursor.string();
      reader.addLine(cursor.source, cursor.from, cursor.to);
      continue;
    }
    cursor.expect(0x5b);
    cursor.string();
    // The cursor may reuse what it read an escaped string into.
    const left = cursor.source === cursor.bytes ? cursor.source : cursor.source.slice(0, cursor.to);
    const { from, to } = cursor;
    cursor.expect(0x2c);
    cursor.string();
    reader.add(left, from, to, cursor.source, cursor.from, cursor.to);
    cursor.expect(0x5d);
  }
}

/** Reads the lines of merges.txt. @throws ERR_FORMAT, ERR_LIMIT */
export function readMergeLines(bytes: Uint8Array, reader: MergeReader): void {
  for (let from = 0; from < bytes.length; ) {
    let end = bytes.indexOf(0x0a, from);
    if (end < 0) end = bytes.length;
    const to = end > from && bytes[end - 1] === 0x0d ? end - 1 : end;
    if (to > from && !startsWith(bytes, from, to, versionLine)) reader.addLine(bytes, from, to);
    from = end + 1;
  }
}

// --- internal ---

const versionLine = new TextEncoder().encode("#version");

function startsWith(bytes: Uint8Array, from: number, to: number, start: Uint8Array): boolean {
  return to - from >= start.length && start.every((byte, index) => bytes[from + index] === byte);
}

function decode(bytes: Uint8Array, from: number, to: number): string {
  return new TextDecoder().decode(bytes.subarray(from, to));
}

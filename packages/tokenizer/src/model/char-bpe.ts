/**
 * Byte pair encoding over characters, as Llama 2, Mistral, Gemma and SentencePiece do it: a character that the
 * vocabulary lacks becomes its bytes (`<0x41>`), or the unknown id.
 */
import { codePointAt, writeUtf8 } from "../utf8.ts";
import type { Vocabulary } from "../vocabulary.ts";
import { Adjacency } from "./adjacency.ts";
import { byteFallbackIds } from "./byte-fallback.ts";
import { mergeSymbols, type SymbolBuffer, symbolBuffer } from "./merge-symbols.ts";
import type { MergeTable } from "./merge-table.ts";
import type { Model } from "./model.ts";
import { PieceCache } from "./piece-cache.ts";

export interface CharBpeOptions {
  /** Writes unknown characters as bytes, if the vocabulary has a token for each byte. Default: false. */
  readonly byteFallback?: boolean;
  /** The id for unknown characters. Default: they are left out. */
  readonly unknownId?: number | undefined;
  /** One unknown id for a run of unknown characters. Default: false. */
  readonly fuseUnknown?: boolean;
  /** Takes a piece that is a token as this token. Default: false. */
  readonly ignoreMerges?: boolean;
  /** Ids beyond the vocabulary for characters that occur only inside longer tokens. Default: none. */
  readonly virtualChars?: ReadonlyMap<number, number>;
}

/** Character-level BPE. */
export class CharBpe implements Model {
  readonly #vocabulary: Vocabulary;
  readonly #merges: MergeTable;
  readonly #adjacency: Adjacency;
  readonly #options: CharBpeOptions;
  readonly #byteIds: Int32Array | undefined;
  /** Unknown characters are left out before merging, so that what is around them may merge. */
  readonly #drops: boolean;
  /** Ids of the characters of the Basic Multilingual Plane: -1 none, -2 not looked up yet. */
  readonly #charIds = new Int32Array(0x10000).fill(-2);
  readonly #cache = new PieceCache();
  readonly #bytes = new Uint8Array(4);
  #whole = new Uint8Array(256);
  #symbols: SymbolBuffer = symbolBuffer(256);

  constructor(vocabulary: Vocabulary, merges: MergeTable, options: CharBpeOptions = {}) {
    this.#vocabulary = vocabulary;
    this.#merges = merges;
    this.#options = options;
    this.#adjacency = new Adjacency(vocabulary);
    this.#byteIds = options.byteFallback ? byteFallbackIds(vocabulary) : undefined;
    this.#drops = this.#byteIds === undefined && options.unknownId === undefined;
  }

  encode(text: string, start: number, end: number, ids: number[], ends?: number[]): void {
    if (this.#options.ignoreMerges) {
      const whole = this.#findWhole(text, start, end);
      if (whole >= 0) {
        ids.push(whole);
        ends?.push(4 * end);
        return;
      }
    }
    const first = ids.length;
    for (let from = start; from < end; ) {
      let to = from + 1;
      while (to < end && (this.#drops || this.#adjacency.joins(text, to))) to++;
      this.#part(text, from, to, ids, ends, first);
      from = to;
    }
  }

  #part(text: string, from: number, to: number, ids: number[], ends: number[] | undefined, first: number): void {
    const before = ids.length;
    const isAfterUnknown = before > first && ids[before - 1] === this.#options.unknownId;
    // The cache holds parts as they are after something known, so that a run of unknowns can go over a border.
    const usesCache = ends === undefined && !isAfterUnknown;
    if (usesCache && this.#cache.read(text, from, to, ids)) return;
    const count = mergeSymbols(this.#merges, this.#symbols, this.#fill(text, from, to));
    let start = from;
    for (let i = 0; i < count; i++) {
      const stop = this.#symbols.ends[i]! >>> 2;
      this.#emit(text, this.#symbols.ids[i]!, start, stop, ids, ends, first);
      start = stop;
    }
    if (usesCache) this.#cache.write(text, from, to, ids, before);
  }

  #fill(text: string, from: number, to: number): number {
    if (to - from > this.#symbols.ids.length) this.#symbols = symbolBuffer(2 * (to - from));
    const { ids, ends } = this.#symbols;
    let used = 0;
    for (let at = from; at < to; ) {
      const code = codePointAt(text, at, to);
      at += code > 0xffff ? 2 : 1;
      const id = this.#charId(code);
      if (id < 0 && this.#drops) continue;
      ids[used] = id;
      ends[used++] = 4 * at;
    }
    return used;
  }

  /** The id of a character, -1 where it has none. */
  #charId(code: number): number {
    if (code > 0xffff) return this.#lookUp(code);
    let id = this.#charIds[code]!;
    if (id === -2) {
      id = this.#lookUp(code);
      this.#charIds[code] = id;
    }
    return id;
  }

  #lookUp(code: number): number {
    const end = writeUtf8(String.fromCodePoint(code), 0, code > 0xffff ? 2 : 1, this.#bytes, 0);
    const id = this.#vocabulary.find(this.#bytes, 0, end);
    return id >= 0 ? id : (this.#options.virtualChars?.get(code) ?? -1);
  }

  /** Appends a merged symbol; one without an id of the vocabulary as bytes or as unknown. */
  #emit(
    text: string,
    id: number,
    start: number,
    stop: number,
    ids: number[],
    ends: number[] | undefined,
    first: number,
  ): void {
    if (id >= 0 && id < this.#vocabulary.size) {
      ids.push(id);
      ends?.push(4 * stop);
      return;
    }
    if (this.#byteIds !== undefined) {
      const count = writeUtf8(text, start, stop, this.#bytes, 0);
      for (let i = 0; i < count; i++) {
        ids.push(this.#byteIds[this.#bytes[i]!]!);
        ends?.push(i === count - 1 ? 4 * stop : 4 * start + i + 1);
      }
      return;
    }
    const { unknownId, fuseUnknown } = this.#options;
    if (unknownId === undefined) return;
    if (fuseUnknown && ids.length > first && ids[ids.length - 1] === unknownId) {
      if (ends && ends.length > 0) ends[ends.length - 1] = 4 * stop;
      return;
    }
    ids.push(unknownId);
    ends?.push(4 * stop);
  }

  #findWhole(text: string, start: number, end: number): number {
    const room = 3 * (end - start);
    // A piece longer than the longest token in bytes is none: units are never more than bytes.
    if (end - start > this.#vocabulary.longest) return -1;
    if (room > this.#whole.length) this.#whole = new Uint8Array(room);
    return this.#vocabulary.find(this.#whole, 0, writeUtf8(text, start, end, this.#whole, 0));
  }
}

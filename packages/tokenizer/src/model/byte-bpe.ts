/** Byte pair encoding over bytes, as GPT-2 and its descendants do it. */

import { codePointAt, utf8Length, writeUtf8 } from "../utf8.ts";
import type { Vocabulary } from "../vocabulary.ts";
import { mergeSymbols, type SymbolBuffer, symbolBuffer } from "./merge-symbols.ts";
import type { MergeTable } from "./merge-table.ts";
import type { Model } from "./model.ts";
import { PieceCache } from "./piece-cache.ts";

export interface ByteBpeOptions {
  /** Takes a piece that is a token as this token, whatever the merges say (Llama 3, tiktoken). Default: false. */
  readonly ignoreMerges?: boolean;
  /** The id for bytes that the vocabulary lacks. Default: they are left out. */
  readonly unknownId?: number | undefined;
  /** One unknown id for a run of unknown bytes. Default: false. */
  readonly fuseUnknown?: boolean;
}

/** Byte-level BPE; `vocabulary` must be byte-level. */
export class ByteBpe implements Model {
  readonly #vocabulary: Vocabulary;
  readonly #merges: MergeTable;
  readonly #byteIds = new Int32Array(256);
  readonly #ignoreMerges: boolean;
  readonly #unknownId: number | undefined;
  readonly #fuseUnknown: boolean;
  readonly #cache = new PieceCache();
  #bytes = new Uint8Array(256);
  #symbols: SymbolBuffer = symbolBuffer(256);

  constructor(vocabulary: Vocabulary, merges: MergeTable, options: ByteBpeOptions = {}) {
    this.#vocabulary = vocabulary;
    this.#merges = merges;
    this.#ignoreMerges = options.ignoreMerges ?? false;
    this.#unknownId = options.unknownId;
    this.#fuseUnknown = options.fuseUnknown ?? false;
    for (let byte = 0; byte < 256; byte++) this.#byteIds[byte] = vocabulary.find(Uint8Array.of(byte), 0, 1);
  }

  encode(text: string, start: number, end: number, ids: number[], ends?: number[]): void {
    if (ends === undefined && this.#cache.read(text, start, end, ids)) return;
    const from = ids.length;
    const count = this.#fill(text, start, end);
    const whole = this.#ignoreMerges ? this.#vocabulary.find(this.#bytes, 0, count) : -1;
    if (whole >= 0) {
      ids.push(whole);
      ends?.push(4 * end);
    } else {
      this.#merge(text, start, end, count, ids, ends);
    }
    if (ends === undefined) this.#cache.write(text, start, end, ids, from);
  }

  /** Writes the piece as UTF-8 into `#bytes` and returns the number of bytes. */
  #fill(text: string, start: number, end: number): number {
    const room = 3 * (end - start);
    if (room > this.#bytes.length) {
      this.#bytes = new Uint8Array(2 * room);
      this.#symbols = symbolBuffer(2 * room);
    }
    return writeUtf8(text, start, end, this.#bytes, 0);
  }

  #merge(text: string, start: number, end: number, count: number, ids: number[], ends?: number[]): void {
    const symbols = this.#symbols;
    if (ends) placeBytes(text, start, end, symbols.ends);
    let used = 0;
    for (let i = 0; i < count; i++) {
      let id = this.#byteIds[this.#bytes[i]!]!;
      if (id < 0) {
        if (this.#unknownId === undefined) continue;
        id = this.#unknownId;
        if (this.#fuseUnknown && used > 0 && symbols.ids[used - 1] === id) used--;
      }
      symbols.ids[used] = id;
      symbols.ends[used++] = symbols.ends[i]!;
    }
    used = mergeSymbols(this.#merges, symbols, used);
    for (let i = 0; i < used; i++) ids.push(symbols.ids[i]!);
    if (ends) for (let i = 0; i < used; i++) ends.push(symbols.ends[i]!);
  }
}

// --- internal ---

/** The end of each byte as a place: a character is at its end only after its last byte. */
function placeBytes(text: string, start: number, end: number, ends: Uint32Array): void {
  let at = 0;
  for (let i = start; i < end; ) {
    const code = codePointAt(text, i, end);
    const length = utf8Length(code);
    for (let byte = 1; byte < length; byte++) ends[at++] = 4 * i + byte;
    i += code > 0xffff ? 2 : 1;
    ends[at++] = 4 * i;
  }
}

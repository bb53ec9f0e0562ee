/**
 * The unigram language model of SentencePiece: of all ways to cut a piece into tokens, the one whose scores (log P)
 * sum to the most, by Viterbi from left to right.
 */
import { codePointAt, writeUtf8 } from "../utf8.ts";
import type { Vocabulary } from "../vocabulary.ts";
import { byteFallbackIds } from "./byte-fallback.ts";
import type { Model } from "./model.ts";
import { PieceCache } from "./piece-cache.ts";
import { TokenTrie } from "./token-trie.ts";

export interface UnigramOptions {
  /** The id for unknown characters; a run of them gives one. */
  readonly unknownId: number | undefined;
  /** Writes unknown characters as bytes, if the vocabulary has a token for each byte. Default: false. */
  readonly byteFallback?: boolean;
  /** Adds scores in single precision, as SentencePiece does; ties then fall the same way. Default: false. */
  readonly singlePrecision?: boolean;
  /** Ids that take part in cutting, with their scores; others are never found. */
  readonly scores: (id: number) => number | undefined;
  /** The least score, from which that of an unknown character follows. Default: the least of `scores`. */
  readonly leastScore?: number;
}

/** How much worse than the worst token an unknown character is. */
const unknownPenalty = 10;

/** Unigram model. */
export class Unigram implements Model {
  readonly #options: UnigramOptions;
  readonly #trie = new TokenTrie();
  readonly #scores: Float64Array;
  readonly #unknownScore: number;
  readonly #byteIds: Int32Array | undefined;
  readonly #cache = new PieceCache();
  #best = new Float64Array(256);
  #bestId = new Int32Array(256);
  #bestStart = new Int32Array(256);
  readonly #bytes = new Uint8Array(4);

  constructor(vocabulary: Vocabulary, options: UnigramOptions) {
    this.#options = options;
    this.#scores = new Float64Array(vocabulary.size);
    this.#byteIds = options.byteFallback ? byteFallbackIds(vocabulary) : undefined;
    let least = Number.POSITIVE_INFINITY;
    for (let id = 0; id < vocabulary.size; id++) {
      const score = options.scores(id);
      const token = score === undefined ? undefined : vocabulary.token(id);
      if (score === undefined || token === undefined) continue;
      this.#scores[id] = score;
      least = Math.min(least, score);
      if (token !== "") this.#trie.add(token, id);
    }
    this.#unknownScore = (options.leastScore ?? (Number.isFinite(least) ? least : 0)) - unknownPenalty;
  }

  encode(text: string, start: number, end: number, ids: number[], ends?: number[]): void {
    if (ends === undefined && this.#cache.read(text, start, end, ids)) return;
    const from = ids.length;
    this.#search(text, start, end);
    this.#collect(text, start, end, ids, ends);
    if (ends === undefined) this.#cache.write(text, start, end, ids, from);
  }

  /** Fills `#best*` for every place of the piece. */
  #search(text: string, start: number, end: number): void {
    const length = end - start;
    if (length >= this.#best.length) {
      this.#best = new Float64Array(2 * length);
      this.#bestId = new Int32Array(2 * length);
      this.#bestStart = new Int32Array(2 * length);
    }
    const round = this.#options.singlePrecision ? Math.fround : exact;
    this.#best.fill(Number.NEGATIVE_INFINITY, 1, length + 1);
    this.#best[0] = 0;
    for (let at = 0; at < length; ) {
      const width = codePointAt(text, start + at, end) > 0xffff ? 2 : 1;
      const here = this.#best[at]!;
      let hasSingle = false;
      let node = 0;
      for (let to = at; to < length; ) {
        node = this.#trie.child(node, text.charCodeAt(start + to));
        if (node < 0) break;
        to++;
        const id = this.#trie.value(node);
        if (id < 0) continue;
        this.#offer(at, to, id, round(here + this.#scores[id]!));
        if (to - at === width) hasSingle = true;
      }
      if (!hasSingle) this.#offer(at, at + width, -1, round(here + this.#unknownScore));
      at += width;
    }
  }

  #offer(from: number, to: number, id: number, score: number): void {
    if (score <= this.#best[to]!) return;
    this.#best[to] = score;
    this.#bestId[to] = id;
    this.#bestStart[to] = from;
  }

  #collect(text: string, start: number, end: number, ids: number[], ends: number[] | undefined): void {
    const cuts: number[] = [];
    for (let at = end - start; at > 0; at = this.#bestStart[at]!) cuts.push(at);
    let from = start;
    let wasUnknown = false;
    for (let i = cuts.length - 1; i >= 0; i--) {
      const id = this.#bestId[cuts[i]!]!;
      const to = start + cuts[i]!;
      if (id >= 0) {
        ids.push(id);
        ends?.push(4 * to);
      } else {
        this.#unknown(text, from, to, wasUnknown, ids, ends);
      }
      wasUnknown = id < 0;
      from = to;
    }
  }

  #unknown(
    text: string,
    from: number,
    to: number,
    wasUnknown: boolean,
    ids: number[],
    ends: number[] | undefined,
  ): void {
    if (this.#byteIds !== undefined) {
      const count = writeUtf8(text, from, to, this.#bytes, 0);
      for (let i = 0; i < count; i++) {
        ids.push(this.#byteIds[this.#bytes[i]!]!);
        ends?.push(i === count - 1 ? 4 * to : 4 * from + i + 1);
      }
      return;
    }
    if (this.#options.unknownId === undefined) return;
    if (wasUnknown) {
      if (ends) ends[ends.length - 1] = 4 * to;
      return;
    }
    ids.push(this.#options.unknownId);
    ends?.push(4 * to);
  }
}

// --- internal ---

function exact(value: number): number {
  return value;
}

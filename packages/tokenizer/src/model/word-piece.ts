/** WordPiece, as BERT does it: the longest token that begins the word, then the longest that goes on with it (`##`). */
import { flagsAt, wide } from "../split/unicode-class.ts";
import type { Vocabulary } from "../vocabulary.ts";
import type { Model } from "./model.ts";
import { TokenTrie } from "./token-trie.ts";

export interface WordPieceOptions {
  /** The id of a word that cannot be cut. */
  readonly unknownId: number;
  /** What tokens inside of a word begin with. Default: `##`. */
  readonly prefix?: string;
  /** Words of more characters are unknown. Default: 100. */
  readonly longestWord?: number;
  /** True for ids that take part. */
  readonly isUsed: (id: number) => boolean;
}

/** WordPiece model. */
export class WordPiece implements Model {
  readonly #options: WordPieceOptions;
  readonly #starts = new TokenTrie();
  readonly #inner = new TokenTrie();

  constructor(vocabulary: Vocabulary, options: WordPieceOptions) {
    this.#options = options;
    const { prefix = "##" } = options;
    for (let id = 0; id < vocabulary.size; id++) {
      const token = options.isUsed(id) ? vocabulary.token(id) : undefined;
      if (token === undefined || token === "") continue;
      this.#starts.add(token, id);
      if (token.startsWith(prefix) && token.length > prefix.length) this.#inner.add(token.slice(prefix.length), id);
    }
  }

  encode(text: string, start: number, end: number, ids: number[], ends?: number[]): void {
    const { unknownId, longestWord = 100 } = this.#options;
    const before = ids.length;
    const placesBefore = ends?.length ?? 0;
    let isWhole = countChars(text, start, end, longestWord) <= longestWord;
    for (let from = start; isWhole && from < end; ) {
      const trie = from === start ? this.#starts : this.#inner;
      let best = -1;
      let stop = from;
      let node = 0;
      for (let to = from; to < end; ) {
        node = trie.child(node, text.charCodeAt(to));
        if (node < 0) break;
        to++;
        if (trie.value(node) < 0) continue;
        best = trie.value(node);
        stop = to;
      }
      isWhole = best >= 0;
      if (!isWhole) break;
      ids.push(best);
      ends?.push(4 * stop);
      from = stop;
    }
    if (isWhole) return;
    ids.length = before;
    ids.push(unknownId);
    if (ends) {
      ends.length = placesBefore;
      ends.push(4 * end);
    }
  }
}

// --- internal ---

/** Characters of a piece; stops counting above `enough`. */
function countChars(text: string, start: number, end: number, enough: number): number {
  let count = 0;
  for (let at = start; at < end && count <= enough; count++) at += flagsAt(text, at, end) & wide ? 2 : 1;
  return count;
}

/**
 * Which characters stand next to each other in some token.
 *
 * A merge never makes what is not in the vocabulary, so no merge crosses a border whose two characters stand together
 * in no token: a long text can be cut there, and its parts encoded and remembered one by one, with the same result.
 * Between a letter and a following "▁" there is nearly always such a border.
 */
import type { Vocabulary } from "../vocabulary.ts";

/** Bits of the filter; a false "together" only makes a part longer. 32k tokens set about 3 % of them. */
const bits = 1 << 21;

/** A filter over pairs of UTF-16 units. */
export class Adjacency {
  readonly #words = new Int32Array(bits >> 5);

  constructor(vocabulary: Vocabulary) {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    for (let id = 0; id < vocabulary.size; id++) {
      if (vocabulary.byteLength(id) < 2) continue;
      const token = decoder.decode(vocabulary.bytes(id));
      for (let i = 1; i < token.length; i++) {
        const bit = bitOf(token.charCodeAt(i - 1), token.charCodeAt(i));
        this.#words[bit >> 5]! |= 1 << (bit & 31);
      }
    }
  }

  /** True where a merge may cross the border in front of `at`. */
  joins(text: string, at: number): boolean {
    const bit = bitOf(text.charCodeAt(at - 1), text.charCodeAt(at));
    if ((this.#words[bit >> 5]! & (1 << (bit & 31))) !== 0) return true;
    // The halves of a surrogate pair stay together whatever the vocabulary knows.
    return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
  }
}

// --- internal ---

function bitOf(left: number, right: number): number {
  const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return ((mixed ^ (mixed >>> 15)) >>> 0) & (bits - 1);
}

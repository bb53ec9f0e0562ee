/**
 * Tokens that are found in the text before the model sees it, the leftmost first, of those the longest.
 *
 * This is the one place where text can become a control token, and the rule is here: only where a template wrote every
 * character of it. Other added tokens are found in any text, as the reference does, but never swallow the beginning of
 * a control token that a template wrote.
 */
import { flagsAt, space, wide } from "../split/unicode-class.ts";

/** A token beside the model's own. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Only a template can write it, and decoding can leave it out. */
  readonly special: boolean;
  /** Found in the normalized text and spelled as the normalizer spells it. */
  readonly normalized: boolean;
  /** Takes the white space on its left. */
  readonly stripLeft: boolean;
  /** Takes the white space on its right. */
  readonly stripRight: boolean;
  /** Found only where no letter, digit or underscore is next to it. */
  readonly singleWord: boolean;
}

/** Says whether a template wrote all of [start, end). */
export type TrustTest = (start: number, end: number) => boolean;

/** Appends start and end of what each found token covers, with the token. */
export type AddedTokenSink = (token: AddedToken, start: number, end: number) => void;

/** A set of added tokens and their search. */
export class AddedTokens {
  readonly #root: Node = {};
  readonly #firstUnits = new Uint8Array(0x10000);
  /** True where a token is found in any text, so that even a plain string must be searched. */
  readonly hasPlain: boolean;
  readonly hasSpecial: boolean;

  /** `spell`: how the search text spells a token's content. */
  constructor(tokens: readonly AddedToken[], spell: (content: string) => string = (content) => content) {
    this.hasPlain = tokens.some((token) => !token.special);
    this.hasSpecial = tokens.some((token) => token.special);
    for (const token of tokens) {
      const spelled = spell(token.content);
      if (spelled === "") continue;
      this.#firstUnits[spelled.charCodeAt(0)] = 1;
      let node = this.#root;
      for (let i = 0; i < spelled.length; i++) {
        node.next ??= new Map();
        const unit = spelled.charCodeAt(i);
        let child = node.next.get(unit);
        if (child === undefined) {
          child = {};
          node.next.set(unit, child);
        }
        node = child;
      }
      node.token = token;
    }
  }

  /** Finds tokens in `text[start, end)`, which is searched as a text of its own. */
  find(text: string, start: number, end: number, isTrusted: TrustTest, sink: AddedTokenSink): void {
    let free = start;
    for (let at = start; at < end; at++) {
      if (this.#firstUnits[text.charCodeAt(at)] === 0) continue;
      const found = this.#longest(text, at, end, isTrusted);
      if (found === undefined) continue;
      const { token, stop } = found;
      at = stop - 1;
      if (token.singleWord && (isWordBefore(text, start, stop - found.length) || isWordAt(text, stop, end))) continue;
      let from = stop - found.length;
      let to = stop;
      if (token.stripLeft) while (from > free && flagsAt(text, from - 1, end) & space) from--;
      if (token.stripRight) while (to < end && flagsAt(text, to, end) & space) to++;
      sink(token, from, to);
      free = to;
      at = to - 1;
    }
  }

  #longest(text: string, at: number, end: number, isTrusted: TrustTest) {
    let node: Node | undefined = this.#root;
    let best: { token: AddedToken; stop: number; length: number } | undefined;
    for (let i = at; i < end; ) {
      node = node.next?.get(text.charCodeAt(i++));
      if (node === undefined) break;
      const { token } = node;
      if (token === undefined) continue;
      const allowed = token.special ? isTrusted(at, i) : !this.#hidesControl(text, at, i, end, isTrusted);
      if (allowed) best = { token, stop: i, length: i - at };
    }
    return best;
  }

  /** True where text of a person, beginning at `at`, would take part of a control token that a template wrote. */
  #hidesControl(text: string, at: number, stop: number, end: number, isTrusted: TrustTest): boolean {
    if (!this.hasSpecial || isTrusted(at, at + 1)) return false;
    for (let from = at + 1; from < stop; from++) {
      let node: Node | undefined = this.#root;
      for (let i = from; i < end && node !== undefined; ) {
        node = node.next?.get(text.charCodeAt(i++));
        if (node?.token?.special && isTrusted(from, i)) return true;
      }
    }
    return false;
  }
}

// --- internal ---

interface Node {
  token?: AddedToken;
  next?: Map<number, Node>;
}

/** `\w` as Rust's regex crate has it, which the reference asks. */
const isWord = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u200c\u200d]/u;

function isWordAt(text: string, at: number, end: number): boolean {
  return at < end && isWord.test(text.slice(at, Math.min(end, at + 2)));
}

function isWordBefore(text: string, start: number, at: number): boolean {
  if (at <= start) return false;
  const isPair = at - 2 >= start && (flagsAt(text, at - 2, at) & wide) !== 0;
  return isWordAt(text, isPair ? at - 2 : at - 1, at);
}

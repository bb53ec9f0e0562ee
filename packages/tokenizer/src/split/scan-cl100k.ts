/**
 * The splits of tiktoken's cl100k and its many relatives (Llama 3, Qwen 2, GLM 4, OLMo 2, ...) by hand:
 *
 *     (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
 *
 * and of o200k (GPT-4o, Llama 4) and Tekken, which tell upper from lower case in words.
 */
import { contractionLength, runEnd, spaceEnd } from "./scan-gpt2.ts";
import type { Scanner } from "./splitter.ts";
import { flagsAt, letter, lowerish, mark, newline, number, space, upperish, wide } from "./unicode-class.ts";

export interface Cl100kOptions {
  /** Digits in one piece at most. */
  readonly digits: number;
  /** Marks belong to words: `[\p{L}\p{M}]+`. Default: false. */
  readonly marks?: boolean;
  /** A word is `[upper]*[lower]+` or `[upper]+[lower]*`, as in o200k. Default: false. */
  readonly cases?: boolean;
  /** Where contractions are cut off: before words, after them (o200k), or nowhere. Default: before. */
  readonly contractions?: "before" | "after" | "none";
  /** Slashes may end a run of punctuation, as line ends do: `[\r\n/]*`. Default: false. */
  readonly slashes?: boolean;
  /** Runs of punctuation take no line ends: ` ?[^\s\p{L}\p{N}\r\n]+`. Default: false. */
  readonly bareMarks?: boolean;
}

/** A scanner of the cl100k family. */
export function scanCl100k(options: Cl100kOptions): Scanner {
  const { digits, marks = false, cases = false, contractions = "before", slashes = false, bareMarks = false } = options;
  const inWord = marks ? letter | mark : letter;
  const notPunctuation = inWord | number | space;

  return (text, at, end) => {
    const code = text.charCodeAt(at);
    if (code === apostrophe && contractions === "before") {
      const length = contractionLength(text, at, end, true);
      if (length > 0) return at + length;
    }
    const flags = flagsAt(text, at, end);
    const next = at + (flags & wide ? 2 : 1);
    if (cases) {
      const word = casedWord(text, at, next, end, flags);
      if (word > 0) return contractions === "after" ? withContraction(text, word, end) : word;
    } else {
      if (flags & inWord) return runEnd(text, next, end, inWord, true);
      if (!(flags & (newline | number)) && next < end && flagsAt(text, next, end) & inWord) {
        return runEnd(text, next, end, inWord, true);
      }
    }
    if (flags & number) {
      let stop = next;
      for (let count = 1; count < digits && stop < end; count++) {
        const digit = flagsAt(text, stop, end);
        if (!(digit & number)) break;
        stop += digit & wide ? 2 : 1;
      }
      return stop;
    }
    const from = code === 0x20 ? next : at;
    if (from < end && !(flagsAt(text, from, end) & notPunctuation)) {
      let stop = runEnd(text, from, end, notPunctuation, false);
      if (bareMarks) return stop;
      while (stop < end && isTail(text.charCodeAt(stop), slashes)) stop++;
      return stop;
    }
    // White space: up to the last line end in it, else as GPT-2 does it.
    const stop = runEnd(text, at, end, space, true);
    for (let i = stop - 1; i >= at; i--) {
      const found = text.charCodeAt(i);
      if (found === 0x0a || found === 0x0d) return i + 1;
    }
    return spaceEnd(text, at, end);
  };
}

// --- internal ---

const apostrophe = 0x27;

function isTail(code: number, slashes: boolean): boolean {
  return code === 0x0a || code === 0x0d || (slashes && code === 0x2f);
}

function withContraction(text: string, at: number, end: number): number {
  return at < end && text.charCodeAt(at) === apostrophe ? at + contractionLength(text, at, end, true) : at;
}

/**
 * `[^\r\n\p{L}\p{N}]?[upper]*[lower]+|[^\r\n\p{L}\p{N}]?[upper]+[lower]*`: the end of the word at `at`, or -1.
 * The optional character in front is tried first, as a greedy `?` is.
 */
function casedWord(text: string, at: number, next: number, end: number, flags: number): number {
  const prefix = !(flags & (newline | letter | number));
  const lower = prefix ? lowerWordEnd(text, next, end) : -1;
  if (lower > 0) return lower;
  const bare = lowerWordEnd(text, at, end);
  if (bare > 0) return bare;
  // No lower case in either: runs of upper case alone.
  if (prefix && next < end && flagsAt(text, next, end) & upperish) return runEnd(text, next, end, upperish, true);
  return flags & upperish ? runEnd(text, at, end, upperish, true) : -1;
}

/** The end of `[upper]*[lower]+` at `at`, or -1. Letters without case and marks are both. */
function lowerWordEnd(text: string, at: number, end: number): number {
  let lastLower = -1;
  let i = at;
  while (i < end) {
    const found = flagsAt(text, i, end);
    if (!(found & upperish)) break;
    i += found & wide ? 2 : 1;
    if (found & lowerish) lastLower = i;
  }
  if (i < end && flagsAt(text, i, end) & lowerish) return runEnd(text, i, end, lowerish, true);
  return lastLower;
}

/** Small normalizers: each is one kind of edit. */
import type { Matcher } from "../split/behavior.ts";
import { textMatcher } from "../split/class-splitter.ts";
import { flagsAt, mark, space, wide } from "../split/unicode-class.ts";
import { type Normalizer, rewriting } from "./normalizer.ts";

/** Puts `text` in front of a text that is not empty. */
export function prepend(text: string): Normalizer {
  return {
    apply: (source) => (source === "" ? source : text + source),
    rewrite: (out) => {
      if (out.source !== "") out.replace(0, text);
    },
  };
}

/** Puts `to` in the place of every `from`. */
export function replaceText(from: string, to: string): Normalizer {
  const { rewrite } = replaceMatches(textMatcher(from), to);
  return { rewrite, apply: (source) => (from === "" ? source : source.replaceAll(from, () => to)) };
}

/** Puts `to` in the place of every match. */
export function replaceMatches(matcher: Matcher, to: string): Normalizer {
  return rewriting((out) => {
    const matches: number[] = [];
    matcher(out.source, 0, out.source.length, matches);
    for (let i = 0; i < matches.length; i += 2) {
      out.keep(matches[i]!);
      out.replace(matches[i + 1]!, to);
    }
  });
}

/** Takes white space from the ends of the text. */
export function strip(left: boolean, right: boolean): Normalizer {
  return rewriting((out) => {
    const { source } = out;
    let start = 0;
    let end = source.length;
    if (left) while (start < end && isSpace(source, start)) start++;
    if (right) while (end > start && isSpace(source, end - 1)) end--;
    out.replace(start, "");
    out.keep(end);
    out.replace(source.length, "");
  });
}

/** Takes away marks (accents, in a decomposed text). */
export const stripAccents: Normalizer = rewriting((out) => {
  const { source } = out;
  for (let at = 0; at < source.length; ) {
    const flags = flagsAt(source, at, source.length);
    const next = at + (flags & wide ? 2 : 1);
    if (flags & mark) {
      out.keep(at);
      out.replace(next, "");
    }
    at = next;
  }
});

/** Lower case, character by character: a capital sigma becomes the same small sigma everywhere. */
export const lowercase: Normalizer = {
  apply: (source) => source.replaceAll("Σ", "σ").toLowerCase(),
  rewrite: (out) => mapChars(out.source, (char) => (char === "Σ" ? "σ" : char.toLowerCase()), out),
};

/** What the NMT rules of SentencePiece do to single characters: controls go, odd spaces become plain ones. */
export const nmt: Normalizer = rewriting((out) => {
  mapChars(out.source, (char) => nmtChar(char.codePointAt(0)!, char), out);
});

/** Puts `map(character)` in the place of each character, where it is another. */
export function mapChars(source: string, map: (char: string) => string, out: RewriterLike): void {
  let at = 0;
  for (const char of source) {
    const mapped = map(char);
    if (mapped !== char) {
      out.keep(at);
      out.replace(at + char.length, mapped);
    }
    at += char.length;
  }
}

// --- internal ---

interface RewriterLike {
  keep(end: number): void;
  replace(end: number, text: string): void;
}

function isSpace(source: string, at: number): boolean {
  return (flagsAt(source, at, source.length) & space) !== 0;
}

function nmtChar(code: number, char: string): string {
  if ((code >= 1 && code <= 8) || code === 0x0b || (code >= 0x0e && code <= 0x1f)) return "";
  if (code === 0x7f || code === 0x8f || code === 0x9f) return "";
  const isSpaceLike =
    code === 0x09 ||
    code === 0x0a ||
    code === 0x0c ||
    code === 0x0d ||
    code === 0x1680 ||
    (code >= 0x200b && code <= 0x200f) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x2581 ||
    code === 0xfeff ||
    code === 0xfffd;
  return isSpaceLike ? " " : char;
}

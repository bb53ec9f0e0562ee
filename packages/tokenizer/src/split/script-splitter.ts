import type { Splitter } from "./splitter.ts";
import { flagsAt, wide } from "./unicode-class.ts";

/** Pieces of `length` characters; the last may be shorter. */
export function fixedLengthSplitter(length: number): Splitter {
  return (text, start, end, ranges) => {
    for (let at = start; at < end; ) {
      const from = at;
      for (let count = 0; count < length && at < end; count++) at += flagsAt(text, at, end) & wide ? 2 : 1;
      ranges.push(from, at);
    }
  };
}

/**
 * Cuts where the script changes; Japanese scripts count as Chinese, and a space goes with what is before it. Spaces at
 * the beginning are dropped, as the reference drops them.
 */
export const scriptSplitter: Splitter = (text, start, end, ranges) => {
  let from = end;
  let last: string | undefined;
  for (let at = start; at < end; ) {
    const code = text.codePointAt(at)!;
    const script = scriptOf(code);
    if (script !== anyScript) {
      if (last !== undefined && last !== script) ranges.push(from, at);
      if (last !== script) from = at;
      last = script;
    }
    at += code > 0xffff ? 2 : 1;
  }
  if (from < end) ranges.push(from, end);
};

// --- internal ---

const anyScript = "any";

/** The scripts of living writing; the rest count as one. */
const scripts = (
  "Latin Greek Cyrillic Armenian Hebrew Arabic Syriac Thaana Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu " +
  "Kannada Malayalam Sinhala Thai Lao Tibetan Myanmar Georgian Hangul Ethiopic Cherokee Canadian_Aboriginal Ogham " +
  "Runic Khmer Mongolian Bopomofo Yi Gothic Inherited Common"
)
  .split(" ")
  .map((name) => [name, new RegExp(`^\\p{Script=${name}}`, "u")] as const);
const isHan = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc]/u;
const isUnassigned = /^\p{Cn}/u;
const known = new Map<number, string>();

function scriptOf(code: number): string {
  if (code === 0x20) return anyScript;
  let script = known.get(code);
  if (script === undefined) {
    const char = String.fromCodePoint(code);
    if (isUnassigned.test(char)) script = anyScript;
    else script = isHan.test(char) ? "Han" : (scripts.find(([, pattern]) => pattern.test(char))?.[0] ?? "other");
    known.set(code, script);
  }
  return script;
}

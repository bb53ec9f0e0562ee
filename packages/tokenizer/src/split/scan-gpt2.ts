/** The split of GPT-2 by hand: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`. */
import type { Scanner } from "./splitter.ts";
import { flagsAt, letter, number, space, wide } from "./unicode-class.ts";

const apostrophe = 0x27;

/** Length of the English contraction at an apostrophe, 0 if there is none. `fold`: also in upper case. */
export function contractionLength(text: string, at: number, end: number, fold: boolean): number {
  if (at + 1 >= end) return 0;
  const first = text.charCodeAt(at + 1) | (fold ? 0x20 : 0);
  const long = at + 2 < end ? text.charCodeAt(at + 2) | (fold ? 0x20 : 0) : 0;
  switch (first) {
    case 0x73: // s
    case 0x74: // t
    case 0x6d: // m
    case 0x64: // d
      return 2;
    case 0x6c: // ll
      return long === 0x6c ? 3 : 0;
    case 0x72: // re
    case 0x76: // ve
      return long === 0x65 ? 3 : 0;
    default:
      // Case folding also takes U+017F, the long s, for s.
      return fold && text.charCodeAt(at + 1) === 0x17f ? 2 : 0;
  }
}

/** The end of the run of characters of kind `flags` that begins at `at`; `want` false: of the others. */
export function runEnd(text: string, at: number, end: number, flags: number, want: boolean): number {
  while (at < end) {
    const found = flagsAt(text, at, end);
    if (((found & flags) !== 0) !== want) break;
    at += found & wide ? 2 : 1;
  }
  return at;
}

/** The piece of white space at `at`: all of it at the end of the text, else all but the last, which goes with the next word. */
export function spaceEnd(text: string, at: number, end: number): number {
  const stop = runEnd(text, at, end, space, true);
  return stop < end && stop - at > 1 ? stop - 1 : stop;
}

/** GPT-2's pieces. */
export const scanGpt2: Scanner = (text, at, end) => {
  const code = text.charCodeAt(at);
  if (code === apostrophe) {
    const length = contractionLength(text, at, end, false);
    if (length > 0) return at + length;
  }
  const from = code === 0x20 ? at + 1 : at;
  if (from < end) {
    const flags = flagsAt(text, from, end);
    const next = from + (flags & wide ? 2 : 1);
    if (flags & letter) return runEnd(text, next, end, letter, true);
    if (flags & number) return runEnd(text, next, end, number, true);
    if (!(flags & space)) return runEnd(text, next, end, letter | number | space, false);
  }
  return spaceEnd(text, at, end);
};

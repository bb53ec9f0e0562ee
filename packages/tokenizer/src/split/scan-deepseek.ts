/**
 * The last of DeepSeek V3's three splits by hand, which several others took over:
 *
 *     [!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+
 *     | ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
 */
import { runEnd, spaceEnd } from "./scan-gpt2.ts";
import type { Scanner } from "./splitter.ts";
import {
  asciiPunctuation,
  flagsAt,
  latin,
  letter,
  mark,
  newline,
  punctuation,
  space,
  symbol,
  wide,
} from "./unicode-class.ts";

/** DeepSeek V3's pieces of text without digits and Chinese. */
export const scanDeepseek: Scanner = (text, at, end) => {
  const found = match(text, at, end);
  if (found > 0) return found;
  // No alternative begins here (a control character, say): such characters together are a piece.
  let stop = at;
  do {
    stop += flagsAt(text, stop, end) & wide ? 2 : 1;
  } while (stop < end && match(text, stop, end) < 0);
  return stop;
};

// --- internal ---

const inWord = letter | mark;
const signs = punctuation | symbol;

function match(text: string, at: number, end: number): number {
  const flags = flagsAt(text, at, end);
  const next = at + (flags & wide ? 2 : 1);
  const after = next < end ? flagsAt(text, next, end) : 0;
  if (flags & asciiPunctuation && after & latin) return runEnd(text, next, end, latin, true);
  if (flags & inWord) return runEnd(text, next, end, inWord, true);
  if (!(flags & (newline | signs)) && after & inWord) return runEnd(text, next, end, inWord, true);
  const from = text.charCodeAt(at) === 0x20 ? next : at;
  if (from < end && flagsAt(text, from, end) & signs) {
    let stop = runEnd(text, from, end, signs, true);
    while (stop < end && flagsAt(text, stop, end) & newline) stop++;
    return stop;
  }
  if (!(flags & space)) return -1;
  const stop = runEnd(text, at, end, space, true);
  for (let i = stop - 1; i >= at; i--) {
    if (flagsAt(text, i, end) & newline) return i + 1;
  }
  return spaceEnd(text, at, end);
}

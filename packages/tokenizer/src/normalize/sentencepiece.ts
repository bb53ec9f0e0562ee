/** The normalizer of SentencePiece: its character map, then its rules for spaces. */
import { utf8Bytes } from "../utf8.ts";
import { prepend, replaceText } from "./edits.ts";
import { type Normalizer, rewriting, sequence } from "./normalizer.ts";
import type { Charsmap } from "./precompiled.ts";

export interface SentencePieceRules {
  /** The character map; the longest match at each place counts. Default: none. */
  readonly charsmap?: Charsmap | undefined;
  /** Spaces at both ends go, and runs of them become one. */
  readonly removeExtraSpaces: boolean;
  /** A space is put in front of every part between control tokens. */
  readonly dummyPrefix: boolean;
  /** Spaces are spelled "▁". */
  readonly escapeSpaces: boolean;
}

/** The steps that SentencePiece takes before it cuts a text. */
export function sentencePieceNormalizer(rules: SentencePieceRules): Normalizer {
  const steps: Normalizer[] = [];
  if (rules.charsmap !== undefined) steps.push(longestMatch(rules.charsmap));
  if (rules.removeExtraSpaces) steps.push(singleSpaces);
  if (rules.dummyPrefix) steps.push(prepend(" "));
  if (rules.escapeSpaces) steps.push(replaceText(" ", "▁"));
  return sequence(steps);
}

// --- internal ---

function longestMatch(map: Charsmap): Normalizer {
  return rewriting((out) => {
    const { source } = out;
    const bytes = utf8Bytes(source);
    let byte = 0;
    for (let at = 0; at < source.length; ) {
      const found = map.match(bytes, byte, Math.min(bytes.length, byte + longestKey), true);
      if (found === undefined) {
        const wide = source.codePointAt(at)! > 0xffff;
        byte += lengthOf(bytes[byte]!);
        at += wide ? 2 : 1;
        continue;
      }
      out.keep(at);
      for (const stop = byte + found.length; byte < stop; ) {
        const length = lengthOf(bytes[byte]!);
        at += length === 4 ? 2 : 1;
        byte += length;
      }
      out.replace(at, found.text);
    }
  });
}

/** Keys of the maps in use have at most 18 characters; SentencePiece itself stops at 32 results. */
const longestKey = 128;

function lengthOf(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

const singleSpaces = rewriting((out) => {
  const { source } = out;
  let end = source.length;
  while (end > 0 && source[end - 1] === " ") end--;
  for (let at = 0; at < end; at++) {
    if (source[at] !== " ") continue;
    let stop = at;
    while (source[stop] === " ") stop++;
    if (stop - at > 1 || at === 0) {
      out.keep(at);
      out.replace(stop, at === 0 ? "" : " ");
    }
    at = stop - 1;
  }
  out.keep(end);
  out.replace(source.length, "");
});

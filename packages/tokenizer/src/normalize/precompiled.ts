/**
 * The precompiled character map of SentencePiece: a double-array trie (darts-clone) from UTF-8 to replacements.
 * Layout: size of the trie in bytes (uint32), the trie (uint32 units), the replacements, each ended by a zero byte.
 */
import { PalaverError } from "@palaver/core";
import { utf8Bytes } from "../utf8.ts";
import { type Normalizer, rewriting } from "./normalizer.ts";

/** A character map. */
export interface Charsmap {
  /**
   * The replacement for the beginning of `bytes[from, to)` and how many bytes it replaces: of the shortest match, or
   * of the longest. Undefined if nothing matches.
   */
  match(bytes: Uint8Array, from: number, to: number, longest: boolean): { text: string; length: number } | undefined;
}

/** Reads a character map. An empty one replaces nothing. @throws ERR_FORMAT */
export function parseCharsmap(bytes: Uint8Array, path: string): Charsmap {
  if (bytes.length === 0) return { match: () => undefined };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const trieBytes = bytes.length >= 4 ? view.getUint32(0, true) : 0;
  if (bytes.length < 4 || trieBytes % 4 !== 0 || trieBytes > bytes.length - 4) {
    throw new PalaverError("ERR_FORMAT", `${path}: a trie of ${trieBytes} bytes does not fit in ${bytes.length}`, {
      details: { path, offset: 0 },
    });
  }
  const units = new Uint32Array(trieBytes / 4);
  for (let i = 0; i < units.length; i++) units[i] = view.getUint32(4 + 4 * i, true);
  const replacements = bytes.subarray(4 + trieBytes);
  return {
    match: (source, from, to, longest) => {
      const found = lookUp(units, source, from, to, longest);
      if (found === undefined || found.value >= replacements.length) return undefined;
      const end = replacements.indexOf(0, found.value);
      const text = decoder.decode(replacements.subarray(found.value, end < 0 ? undefined : end));
      return { text, length: found.length };
    },
  };
}

/**
 * The map applied as the Rust tokenizers do: to each grapheme of fewer than 6 bytes whose beginning is in the map,
 * else to each of its characters; the shortest match decides and the whole grapheme or character is replaced.
 */
export function precompiledByGrapheme(map: Charsmap): Normalizer {
  const known = new Map<string, string>();
  const replaced = (part: string): string | undefined => {
    const bytes = utf8Bytes(part);
    return map.match(bytes, 0, bytes.length, false)?.text;
  };
  const change = (grapheme: string): string => {
    const whole = utf8Bytes(grapheme).length < 6 ? replaced(grapheme) : undefined;
    return whole ?? Array.from(grapheme, (char) => replaced(char) ?? char).join("");
  };
  const changed = (grapheme: string): string => {
    let text = known.get(grapheme);
    if (text === undefined) {
      if (known.size >= mostKnown) known.clear();
      text = change(grapheme);
      known.set(grapheme, text);
    }
    return text;
  };
  return rewriting((out) => {
    let at = 0;
    for (const grapheme of graphemes(out.source)) {
      const text = changed(grapheme);
      if (text !== grapheme) {
        out.keep(at);
        out.replace(at + grapheme.length, text);
      }
      at += grapheme.length;
    }
  });
}

// --- internal ---

/** Graphemes whose replacement is remembered; text in one language uses a few thousand. */
const mostKnown = 20_000;
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function lookUp(units: Uint32Array, source: Uint8Array, from: number, to: number, longest: boolean) {
  let found: { value: number; length: number } | undefined;
  let node = units.length > 0 ? offsetOf(units[0]!) : 0;
  for (let at = from; at < to; at++) {
    const byte = source[at]!;
    if (byte === 0) break;
    node = (node ^ byte) >>> 0;
    const unit = units[node];
    // The label of a unit is its lowest byte, with the top bit clear.
    if (unit === undefined || (unit & 0x800000ff) >>> 0 !== byte) break;
    node = (node ^ offsetOf(unit)) >>> 0;
    if (((unit >>> 8) & 1) === 0) continue;
    const leaf = units[node];
    if (leaf === undefined) break;
    found = { value: leaf & 0x7fffffff, length: at + 1 - from };
    if (!longest) break;
  }
  return found;
}

function offsetOf(unit: number): number {
  return ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0;
}

/** User-perceived characters. Between two ASCII characters there is always a border but in "\r\n". */
function* graphemes(text: string): Iterable<string> {
  let at = 0;
  while (at < text.length) {
    const rare = firstRare(text, at);
    const stop = rare < text.length ? Math.max(at, rare - 1) : rare;
    for (; at < stop; at++) {
      if (text[at] === "\r" && text[at + 1] === "\n" && at + 1 < stop) yield text.slice(at, ++at + 1);
      else yield text[at]!;
    }
    if (at >= text.length) return;
    let end = rare;
    while (end < text.length && !(isAscii(text, end - 1) && isAscii(text, end))) end++;
    yield* segments(text, at, end);
    at = end;
  }
}

/** The segmenter slows down beyond some 50,000 segments, so it gets the text in blocks. */
const blockUnits = 4096;
let segmenter: Intl.Segmenter | undefined;

function* segments(text: string, start: number, end: number): Iterable<string> {
  segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" });
  for (let at = start; at < end; ) {
    const stop = Math.min(end, at + blockUnits);
    const block = Array.from(segmenter.segment(text.slice(at, stop)), ({ segment }) => segment);
    // The last one may go on in the next block, unless it fills all of this one.
    if (stop < end && block.length > 1) block.pop();
    for (const segment of block) {
      yield segment;
      at += segment.length;
    }
  }
}

function isAscii(text: string, at: number): boolean {
  return text.charCodeAt(at) < 128;
}

function firstRare(text: string, from: number): number {
  let at = from;
  while (at < text.length && isAscii(text, at)) at++;
  return at;
}

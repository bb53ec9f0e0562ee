/**
 * What kind of character a code point is, as one number of flags.
 *
 * The kinds come from the engine's own Unicode tables through `\p{...}`; a page of 256 code points is classified when
 * the first of them is asked for, so that ASCII costs nothing and Chinese a few milliseconds, once.
 */

/** \p{L} */
export const letter = 1;
/** \p{N} */
export const number = 2;
/** \p{White_Space}, which `\s` means in split patterns */
export const space = 4;
/** \r and \n */
export const newline = 8;
/** \p{M} */
export const mark = 16;
/** [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}] */
export const upperish = 32;
/** [\p{Ll}\p{Lm}\p{Lo}\p{M}] */
export const lowerish = 64;
/** \p{P} */
export const punctuation = 128;
/** \p{S} */
export const symbol = 256;
/** [A-Za-z] */
export const latin = 512;
/** ASCII punctuation and symbols */
export const asciiPunctuation = 1024;
/** Takes two UTF-16 units. */
export const wide = 2048;

/** Flags of the code point at `at` of a text that ends at `end`; half a surrogate pair is U+FFFD. */
export function flagsAt(text: string, at: number, end: number): number {
  const code = text.charCodeAt(at);
  if (code < 128) return ascii[code]!;
  if ((code & 0xf800) === 0xd800) {
    const low = code < 0xdc00 && at + 1 < end ? text.charCodeAt(at + 1) : 0;
    if ((low & 0xfc00) !== 0xdc00) return flagsOf(0xfffd);
    return flagsOf(((code - 0xd800) << 10) + (low - 0xdc00) + 0x10000);
  }
  const page = pages[code >> 8];
  return page === undefined ? classify(code >> 8)[code & 255]! : page[code & 255]!;
}

// --- internal ---

function flagsOf(codePoint: number): number {
  return (pages[codePoint >> 8] ?? classify(codePoint >> 8))[codePoint & 255]!;
}

const kinds: readonly (readonly [number, RegExp])[] = [
  [letter, /\p{L}/gu],
  [number, /\p{N}/gu],
  [space, /\p{White_Space}/gu],
  [mark, /\p{M}/gu],
  [upperish, /[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]/gu],
  [lowerish, /[\p{Ll}\p{Lm}\p{Lo}\p{M}]/gu],
  [punctuation, /\p{P}/gu],
  [symbol, /\p{S}/gu],
];

const pages: (Uint16Array | undefined)[] = new Array(0x1100).fill(undefined);
const ascii = classify(0).slice(0, 128);

function classify(page: number): Uint16Array {
  const flags = new Uint16Array(256);
  const first = page << 8;
  let text = "";
  for (let code = first; code < first + 256; code++) {
    // Surrogates are no characters; a stand-in of no kind keeps the indices.
    text += (code & 0xfff800) === 0xd800 ? "\ue000" : String.fromCodePoint(code);
  }
  const width = page > 0xff ? 2 : 1;
  for (const [flag, pattern] of kinds) {
    for (const match of text.matchAll(pattern)) flags[match.index / width]! |= flag;
  }
  if (width === 2) for (let i = 0; i < 256; i++) flags[i]! |= wide;
  if (page === 0) {
    flags[0x0a]! |= newline;
    flags[0x0d]! |= newline;
    for (let i = 0; i < 128; i++) {
      const char = String.fromCharCode(i);
      if (/[A-Za-z]/.test(char)) flags[i]! |= latin;
      if (/[!-/:-@[-`{-~]/.test(char)) flags[i]! |= asciiPunctuation;
    }
  }
  pages[page] = flags;
  return flags;
}

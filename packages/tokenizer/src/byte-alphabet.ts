/**
 * The 256 printable characters in which byte-level vocabularies spell bytes.
 * Source: `bytes_to_unicode` of GPT-2's encoder; printable Latin-1 stands for itself, the other bytes follow from U+0100.
 */
function makeAlphabet(): { chars: Uint16Array; bytes: Int16Array } {
  const chars = new Uint16Array(256);
  const bytes = new Int16Array(0x144).fill(-1);
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    const char = printable ? byte : next++;
    chars[byte] = char;
    bytes[char] = byte;
  }
  return { chars, bytes };
}

const alphabet = makeAlphabet();

/** The character (as UTF-16 code) that spells each byte, `(256,)`. */
export const byteToChar: Uint16Array = alphabet.chars;

/** The byte that a character code spells, -1 for other characters, `(0x144,)`. */
export const charToByte: Int16Array = alphabet.bytes;

/** Bytes in the spelling of byte-level vocabularies. */
export function spellBytes(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byteToChar[byte]!);
  return text;
}

/**
 * The bytes that a byte-level spelling stands for, read from UTF-8 `source[from, to)` and written into `into` at `at`.
 * Returns the end, or -1 if a character is outside the alphabet. Never writes more bytes than it reads.
 */
export function readSpelledBytes(source: Uint8Array, from: number, to: number, into: Uint8Array, at: number): number {
  for (let i = from; i < to; i++) {
    let code = source[i]!;
    if (code >= 0x80) {
      // Two-byte sequences reach U+07FF; longer ones lie outside the alphabet.
      if (code < 0xc2 || code > 0xdf || i + 1 >= to) return -1;
      code = ((code & 31) << 6) | (source[++i]! & 63);
    }
    const byte = code < charToByte.length ? charToByte[code]! : -1;
    if (byte < 0) return -1;
    into[at++] = byte;
  }
  return at;
}

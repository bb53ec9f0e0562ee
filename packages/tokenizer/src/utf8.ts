/** UTF-8 of UTF-16 text without an intermediate string; half a surrogate pair is written as U+FFFD. */

const encoder = new TextEncoder();

/** The UTF-8 bytes of a text, in an array of their own. */
export function utf8Bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Writes `text[start, end)` into `into` at `at` and returns the end. Needs 3 bytes of room a unit. */
export function writeUtf8(text: string, start: number, end: number, into: Uint8Array, at: number): number {
  for (let i = start; i < end; i++) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      into[at++] = code;
      continue;
    }
    if (code < 0x800) {
      into[at++] = 0xc0 | (code >> 6);
      into[at++] = 0x80 | (code & 63);
      continue;
    }
    if ((code & 0xf800) === 0xd800) {
      code = codePointAt(text, i, end);
      if (code > 0xffff) {
        i++;
        into[at++] = 0xf0 | (code >> 18);
        into[at++] = 0x80 | ((code >> 12) & 63);
        into[at++] = 0x80 | ((code >> 6) & 63);
        into[at++] = 0x80 | (code & 63);
        continue;
      }
    }
    into[at++] = 0xe0 | (code >> 12);
    into[at++] = 0x80 | ((code >> 6) & 63);
    into[at++] = 0x80 | (code & 63);
  }
  return at;
}

/** The code point at `at` of a text that ends at `end`; half a surrogate pair is U+FFFD. Above U+FFFF it takes 2 units. */
export function codePointAt(text: string, at: number, end: number): number {
  const code = text.charCodeAt(at);
  if ((code & 0xf800) !== 0xd800) return code;
  if (code < 0xdc00 && at + 1 < end) {
    const low = text.charCodeAt(at + 1);
    if ((low & 0xfc00) === 0xdc00) return ((code - 0xd800) << 10) + (low - 0xdc00) + 0x10000;
  }
  return 0xfffd;
}

/** Bytes of a code point in UTF-8. */
export function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

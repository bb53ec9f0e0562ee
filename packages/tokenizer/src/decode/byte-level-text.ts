import { charToByte } from "../byte-alphabet.ts";
import { utf8Bytes } from "../utf8.ts";
import type { Vocabulary } from "../vocabulary.ts";
import type { TokenText } from "./token-text.ts";

/** Tokens of a byte-level vocabulary: their bytes are the text. Added tokens stand for their content. */
export function byteLevelText(vocabulary: Vocabulary, contents: ReadonlyMap<number, string>): TokenText {
  const added = new Map(Array.from(contents, ([id, content]) => [id, utf8Bytes(content)]));
  const bytes = vocabulary.byteLevel
    ? (id: number): Uint8Array => added.get(id) ?? vocabulary.bytes(id)
    : (id: number): Uint8Array => added.get(id) ?? unspelled(vocabulary.token(id) ?? "");
  return { leadingSpaces: 0, bytes };
}

// --- internal ---

/** Bytes of a spelling; one with a character outside the byte alphabet stands for itself. */
function unspelled(token: string): Uint8Array {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const code = token.charCodeAt(i);
    const byte = code < charToByte.length ? charToByte[code]! : -1;
    if (byte < 0) return utf8Bytes(token);
    bytes[i] = byte;
  }
  return bytes;
}

import type { DecodeOptions, DecodeStream } from "@palaver/core";
import type { TokenText } from "./token-text.ts";

/** Turns ids into text as they come. Decoding at once is the same stream, pushed in one go. */
export class TextStream implements DecodeStream {
  readonly #tokens: TokenText;
  readonly #skip: (id: number) => boolean;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #isFirst = true;
  /** Spaces that are still to be left out at the beginning. */
  #leading: number;
  /** True while bytes of an unfinished character wait. */
  #waits = false;

  /** `skip`: ids that add nothing. */
  constructor(tokens: TokenText, skip: (id: number) => boolean) {
    this.#tokens = tokens;
    this.#skip = skip;
    this.#leading = tokens.leadingSpaces;
  }

  push(id: number): string {
    const bytes = this.#take(id);
    if (bytes.length === 0) return "";
    if (!this.#waits && bytes.length < 16) {
      const text = asciiText(bytes);
      if (text !== undefined) return text;
    }
    const text = this.#decoder.decode(bytes, { stream: true });
    this.#waits = text === "" || bytes[bytes.length - 1]! >= 0x80;
    return text;
  }

  /** Pushes all of `ids` and flushes. */
  all(ids: readonly number[]): string {
    const parts = ids.map((id) => this.#take(id));
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let used = 0;
    for (const part of parts) {
      bytes.set(part, used);
      used += part.length;
    }
    return this.#decoder.decode(bytes);
  }

  flush(): string {
    this.#waits = false;
    return this.#decoder.decode();
  }

  #take(id: number): Uint8Array {
    if (this.#skip(id)) return none;
    let bytes = this.#tokens.bytes(id, this.#isFirst);
    this.#isFirst = false;
    while (this.#leading > 0 && bytes.length > 0) {
      if (bytes[0] !== 0x20) this.#leading = 0;
      else {
        this.#leading--;
        bytes = bytes.subarray(1);
      }
    }
    return bytes;
  }
}

/** Options of `decode` as a test of ids to leave out. */
export function skipTest(isSpecial: (id: number) => boolean, options: DecodeOptions = {}): (id: number) => boolean {
  return options.skipSpecialTokens ? isSpecial : () => false;
}

// --- internal ---

const none = new Uint8Array();

function asciiText(bytes: Uint8Array): string | undefined {
  let text = "";
  for (const byte of bytes) {
    if (byte >= 0x80) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

/**
 * A double with a vocabulary that a reader can compute in the head: id `b` is the byte `b`, and control tokens follow
 * from 256 on. It is exact, lossless and shows every duty of the interface, in the fewest lines.
 */
import { isTrusted, type TextSegment } from "../segment.ts";
import type { DecodeOptions, DecodeStream, EncodeOptions, Piece, Tokenizer } from "../tokenizer.ts";

export interface ByteTokenizerOptions {
  /** Spellings of the control tokens, from id 256 on; the first begins a text, the second ends one. Default: begin, end, `<|im_start|>`, `<|im_end|>`. */
  readonly controlTokens?: readonly string[];
}

const defaultControlTokens = ["<|begin|>", "<|end|>", "<|im_start|>", "<|im_end|>"];

/** A tokenizer of one id a UTF-8 byte, and a few control tokens. `addSpecialTokens` puts the first control token in front. */
export function byteTokenizer({ controlTokens = defaultControlTokens }: ByteTokenizerOptions = {}): Tokenizer {
  const vocabSize = 256 + controlTokens.length;
  const isControl = (id: number): boolean => Number.isInteger(id) && id >= 256 && id < vocabSize;
  const pieces = (input: string | readonly TextSegment[], options: EncodeOptions = {}): Piece[] => {
    const begin = options.addSpecialTokens && controlTokens.length > 0 ? [emptyPiece(256, controlTokens[0]!)] : [];
    return [...begin, ...textPieces(input, controlTokens)];
  };
  const encode = (input: string | readonly TextSegment[], options?: EncodeOptions): number[] =>
    pieces(input, options).map((piece) => piece.id);
  const tokenBytes = (id: number): Uint8Array => (isByte(id) ? Uint8Array.of(id) : new Uint8Array());
  const decodeStream = (options?: DecodeOptions): DecodeStream => byteDecodeStream(controlTokens, options);
  return {
    vocabSize,
    special: { ...(vocabSize > 256 && { bos: 256 }), ...(vocabSize > 257 && { eos: 257 }) },
    encode,
    encodeWithOffsets: (input, options) => {
      const list = pieces(input, options);
      return { ids: list.map((piece) => piece.id), offsets: Uint32Array.from(list.flatMap((p) => [p.start, p.end])) };
    },
    decode: (ids, options) => {
      const stream = decodeStream(options);
      return ids.map((id) => stream.push(id)).join("") + stream.flush();
    },
    decodeStream,
    pieces,
    countTokens: (input, options) => encode(input, options).length,
    tokenToId: (token) => {
      const control = controlTokens.indexOf(token);
      if (control >= 0) return 256 + control;
      const byte = /^<0x([0-9A-F]{2})>$/.exec(token);
      return byte ? Number.parseInt(byte[1]!, 16) : undefined;
    },
    idToToken: (id) => (isControl(id) ? controlTokens[id - 256] : byteName(id)),
    tokenBytes,
    isControl,
  };
}

// --- internal ---

const utf8 = new TextEncoder();

function textPieces(input: string | readonly TextSegment[], controlTokens: readonly string[]): Piece[] {
  const segments = typeof input === "string" ? [{ text: input, trusted: false }] : input.map(withTrust);
  const text = segments.map((segment) => segment.text).join("");
  const trusted = segments.flatMap((segment) => Array.from({ length: segment.text.length }, () => segment.trusted));
  const pieces: Piece[] = [];
  let byteStart = 0;
  for (let start = 0; start < text.length; ) {
    const control = controlTokens.findIndex(
      (token) => text.startsWith(token, start) && trusted.slice(start, start + token.length).every(Boolean),
    );
    const run = control >= 0 ? controlTokens[control]! : String.fromCodePoint(text.codePointAt(start)!);
    const bytes = utf8.encode(run);
    const end = start + run.length;
    if (control >= 0) {
      const byteEnd = byteStart + bytes.length;
      pieces.push({ id: 256 + control, token: run, bytes, byteStart, byteEnd, start, end });
    } else {
      // A character belongs to the token that completes it; the tokens before it are empty ranges.
      for (const [index, byte] of bytes.entries()) {
        const at = byteStart + index;
        const place = { byteStart: at, byteEnd: at + 1, start, end: index === bytes.length - 1 ? end : start };
        pieces.push({ id: byte, token: byteName(byte)!, bytes: Uint8Array.of(byte), ...place });
      }
    }
    byteStart += bytes.length;
    start = end;
  }
  return pieces;
}

function withTrust(segment: TextSegment): { text: string; trusted: boolean } {
  return { text: segment.text, trusted: isTrusted(segment) };
}

function emptyPiece(id: number, token: string): Piece {
  return { id, token, bytes: new Uint8Array(), byteStart: 0, byteEnd: 0, start: 0, end: 0 };
}

function isByte(id: number): boolean {
  return Number.isInteger(id) && id >= 0 && id < 256;
}

function byteName(id: number): string | undefined {
  if (!isByte(id)) return undefined;
  return `<0x${id.toString(16).toUpperCase().padStart(2, "0")}>`;
}

function byteDecodeStream(controlTokens: readonly string[], { skipSpecialTokens = false }: DecodeOptions = {}) {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return {
    push: (id: number): string => {
      if (isByte(id)) return decoder.decode(Uint8Array.of(id), { stream: true });
      const control = skipSpecialTokens ? undefined : controlTokens[id - 256];
      // Bytes before a control token can no longer become a character.
      return control === undefined ? "" : decoder.decode() + control;
    },
    flush: (): string => decoder.decode(),
  };
}

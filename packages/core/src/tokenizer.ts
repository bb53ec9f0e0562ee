import type { TextSegment } from "./segment.ts";

export interface EncodeOptions {
  /** Adds what the tokenizer's post-processor adds around one text (begin of text and the like). Default: false. */
  readonly addSpecialTokens?: boolean;
}

export interface DecodeOptions {
  /** Leaves control tokens out of the text. Default: false. */
  readonly skipSpecialTokens?: boolean;
}

/** Ids with the place in the input that each came from. */
export interface Encoding {
  readonly ids: number[];
  /**
   * Start and end of each token in the input, in UTF-16 units, `(2 * ids.length)`: token i is `[2i, 2i + 1)`. A character
   * that several tokens share belongs to the last of them. Added tokens without text are empty ranges.
   */
  readonly offsets: Uint32Array;
}

/** One token of a text, with where it lies. */
export interface Piece {
  readonly id: number;
  /** The token as the vocabulary spells it. */
  readonly token: string;
  /** The bytes that it stands for, UTF-8. */
  readonly bytes: Uint8Array;
  /** Start and end in the text's UTF-8 bytes. */
  readonly byteStart: number;
  readonly byteEnd: number;
  /** Start and end in the text's UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** Turns ids that arrive one by one into text, and never emits half a character. */
export interface DecodeStream {
  /** The text that is certain once `id` has arrived; may be empty. */
  push(id: number): string;
  /** What is left at the end; bytes that never became a character are U+FFFD. */
  flush(): string;
}

/** Ids of the control tokens that a vocabulary declares, where it has them. */
export interface SpecialTokenIds {
  readonly bos?: number;
  readonly eos?: number;
  readonly unk?: number;
  readonly pad?: number;
}

/** Text to ids and back. */
export interface Tokenizer {
  /** The number of ids, added tokens included: every id is below it. */
  readonly vocabSize: number;
  readonly special: SpecialTokenIds;
  /**
   * A string is plain text: control tokens that it spells are encoded as text. In segments, a control token is
   * recognised only where every character of it has the origin `template`; the whole is tokenized as one text.
   */
  encode(input: string | readonly TextSegment[], options?: EncodeOptions): number[];
  /** `encode`, with where each id came from. */
  encodeWithOffsets(input: string | readonly TextSegment[], options?: EncodeOptions): Encoding;
  decode(ids: readonly number[], options?: DecodeOptions): string;
  decodeStream(options?: DecodeOptions): DecodeStream;
  /** The tokens of a text with their bytes and places. */
  pieces(input: string | readonly TextSegment[], options?: EncodeOptions): Piece[];
  countTokens(input: string | readonly TextSegment[], options?: EncodeOptions): number;
  /** The id of a token spelled as in the vocabulary; undefined if there is none. */
  tokenToId(token: string): number | undefined;
  /** The token of an id as the vocabulary spells it; undefined for an id that is not in use. */
  idToToken(id: number): string | undefined;
  /** The bytes that an id adds to the text; empty for control tokens and unused ids. */
  tokenBytes(id: number): Uint8Array;
  /** True for control tokens: those that plain text can never become. */
  isControl(id: number): boolean;
}

/** What a token adds to the text, as bytes; some tokenizers treat the first token of a text differently. */
export interface TokenText {
  /** The bytes of a token, to be read only. */
  bytes(id: number, isFirst: boolean): Uint8Array;
  /** How many spaces at the very beginning of the text are not part of it. */
  readonly leadingSpaces: number;
}

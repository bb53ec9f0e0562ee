/** Splits one piece of text, as the pre-tokenizer cut it, into ids. */
export interface Model {
  /**
   * Appends the ids of `text[start, end)` to `ids`; where `ends` is given also each id's end as a place:
   * 4 * UTF-16 unit, plus the bytes that are done of a character that the id leaves unfinished.
   */
  encode(text: string, start: number, end: number, ids: number[], ends?: number[]): void;
}

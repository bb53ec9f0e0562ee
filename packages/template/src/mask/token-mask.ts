import type { Encoding, Tokenizer } from "@palaver/core";
import type { TextRange } from "../chat-prompt.ts";

/** A token that lies on both sides of a border. */
export interface Straddle {
  readonly tokenIndex: number;
  readonly border: number;
}

/**
 * Sets the mask to 1 for the tokens inside a range. Gives the first token that lies across one of its borders; a
 * control token that takes white space with it lies on the side where it begins.
 */
export function maskRange(
  mask: number[],
  { ids, offsets }: Encoding,
  range: TextRange,
  tokenizer: Tokenizer,
): Straddle | undefined {
  for (let index = 0; index < ids.length; index++) {
    const start = offsets[2 * index]!;
    const end = offsets[2 * index + 1]!;
    const border = [range.start, range.end].find((place) => start < place && place < end);
    if (border !== undefined && !tokenizer.isControl(ids[index]!)) return { tokenIndex: index, border };
    if (start >= range.start && start < range.end) mask[index] = 1;
  }
  return undefined;
}

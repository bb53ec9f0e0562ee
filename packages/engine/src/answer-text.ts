import type { Tokenizer } from "@palaver/core";
import { PalaverError } from "@palaver/core";
import { stopMatcher } from "./stop-strings.ts";

/** What one token adds to an answer's text. */
export interface TokenText {
  /** Text that is certain now: whole characters that no stop string can claim. */
  readonly text: string;
  /** The token's spelling, where it is a control token. It follows `text` and is no part of it. */
  readonly control?: string;
  /** The stop string that was found; the text ends in front of it. */
  readonly stop?: string;
}

/** Turns the ids of one answer into text. */
export interface AnswerText {
  push(id: number): TokenText;
  /** What is left when the answer is over. */
  flush(): string;
}

/**
 * The text of an answer to `prompt`. The prompt runs through the decoder first, since what a token looks like can
 * depend on what stands before it (a first word loses its space). Without a tokenizer there is no text.
 * @throws ERR_INVALID_ARGUMENT for stop strings without a tokenizer
 */
export function answerText(
  tokenizer: Tokenizer | undefined,
  prompt: readonly number[],
  stopStrings: readonly string[],
): AnswerText {
  const matcher = stopMatcher(stopStrings);
  if (tokenizer === undefined) {
    if (stopStrings.length === 0) return { push: () => ({ text: "" }), flush: () => "" };
    throw new PalaverError("ERR_INVALID_ARGUMENT", "stop strings need a tokenizer");
  }
  const stream = tokenizer.decodeStream({ skipSpecialTokens: true });
  for (const id of prompt) stream.push(id);

  return {
    push(id) {
      const found = matcher.push(stream.push(id));
      if (found.stop !== undefined || !tokenizer.isControl(id)) return found;
      // A control token parts the text: nothing before it and after it can be one stop string.
      const control = tokenizer.idToToken(id);
      return { text: found.text + matcher.flush(), ...(control !== undefined && { control }) };
    },
    flush() {
      const found = matcher.push(stream.flush());
      return found.stop === undefined ? found.text + matcher.flush() : found.text;
    },
  };
}

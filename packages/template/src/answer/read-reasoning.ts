import type { AnswerEvent } from "@palaver/core";
import { type AnswerInput, END, isSpace } from "./answer-input.ts";
import { AnswerReader, MAX_GAP, type Streaming } from "./answer-reader.ts";
import type { ReasoningFormat } from "./reasoning-format.ts";
import { takeText } from "./take-text.ts";

export interface ReadReasoningOptions {
  /** True for markers that count only as control tokens. */
  readonly isControl: (spelling: string) => boolean;
}

/** Reads reasoning to its end, from behind its opening marker. The blanks at its ends belong to the markers. */
export function* readReasoning(
  input: AnswerInput,
  { open, close }: ReasoningFormat,
  { isControl }: ReadReasoningOptions,
  emit: (event: AnswerEvent) => void,
): Streaming<void> {
  const start = new AnswerReader(input, { isControl });
  while (isSpace(yield* start.peek())) input.take(1);
  // Some models open it again although the prompt has done so.
  if (yield* start.marker(open)) {
    input.take(start.position);
    start.position = 0;
    while (isSpace(yield* start.peek())) input.take(1);
  }
  for (;;) {
    const reader = new AnswerReader(input, { isControl });
    yield* reader.spaces(MAX_GAP);
    const gap = reader.position;
    if (yield* reader.marker(close)) {
      input.take(reader.position);
      return;
    }
    const isEnd = (yield* reader.peek()) === END;
    const text = input.take(gap) + (isEnd ? "" : takeText(input, (sign) => sign === close.charAt(0)));
    if (text !== "") emit({ type: "reasoning-delta", text });
    if (isEnd) return;
  }
}

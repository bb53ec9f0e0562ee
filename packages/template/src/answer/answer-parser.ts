import {
  type AnswerEvent,
  type AnswerParser,
  type AnswerParserOptions,
  type AnswerPiece,
  PalaverError,
} from "@palaver/core";
import type { AnswerFormat } from "./answer-format.ts";
import { AnswerInput } from "./answer-input.ts";
import type { CallFormat } from "./call-format.ts";
import { callFormats } from "./call-formats.ts";
import { opensReasoning } from "./opens-reasoning.ts";
import { readAnswer } from "./read-answer.ts";
import { type ReasoningFormat, reasoningFormats } from "./reasoning-format.ts";

export interface AnswerParserForOptions extends AnswerParserOptions {
  /** How the model writes its answers; `detectAnswerFormat` reads it from a chat template. */
  readonly format: AnswerFormat;
  /** True where the prompt has opened the reasoning already. Default: what `prompt` shows. */
  readonly startsInReasoning?: boolean;
}

/**
 * A parser for one answer: text, reasoning and calls as they arrive. Text is held back only while it may still turn out
 * to begin a call, and how the answer was cut into pieces makes no difference. `push` after `end` throws ERR_CLOSED.
 *
 * A call of a format with markers may name a tool that was not offered; a call that nothing marks never does.
 */
export function answerParserFor(options: AnswerParserForOptions): AnswerParser {
  const { format, tools = [], prompt, firstCallIndex = 0 } = options;
  const { startsInReasoning = prompt !== undefined && opensReasoning(format, prompt) } = options;
  const calls: CallFormat = callFormats[format.calls];
  const reasoning: ReasoningFormat | undefined = format.reasoning && reasoningFormats[format.reasoning];
  const published = new Set(calls.controlMarkers);
  if (reasoning?.control) published.add(reasoning.open).add(reasoning.close);
  const isControl = options.isControl ?? ((spelling: string) => published.has(spelling));

  const input = new AnswerInput();
  const events: AnswerEvent[] = [];
  const setup = { format: calls, reasoning, startsInReasoning, tools, isControl, firstCallIndex };
  const reading = readAnswer(input, setup, (event) => addMerged(events, event));
  let isEnded = false;
  return {
    push(piece) {
      if (isEnded) throw new PalaverError("ERR_CLOSED", "the answer has ended: use a new parser for the next one");
      for (const part of partsOf(piece)) {
        if (part.control === undefined) input.pushText(part.text);
        else input.pushControl(part.control);
        reading.next();
      }
      return events.splice(0);
    },
    end() {
      isEnded = true;
      input.end();
      reading.next();
      return events.splice(0);
    },
  };
}

// --- internal ---

/**
 * A control token comes with its spelling as text, with none, or with the text that it set free in the stream decoder
 * (bytes that waited to become a character); that text was there before it.
 */
function partsOf({ text, control }: AnswerPiece): AnswerPiece[] {
  if (control === undefined || control === "") return [{ text }];
  const before = text.endsWith(control) ? text.slice(0, -control.length) : text;
  return [{ text: before }, { text: "", control }];
}

function addMerged(events: AnswerEvent[], event: AnswerEvent): void {
  const last = events.at(-1);
  if (event.type === "text-delta" && last?.type === "text-delta") {
    events[events.length - 1] = { type: "text-delta", text: last.text + event.text };
  } else if (event.type === "reasoning-delta" && last?.type === "reasoning-delta") {
    events[events.length - 1] = { type: "reasoning-delta", text: last.text + event.text };
  } else {
    events.push(event);
  }
}

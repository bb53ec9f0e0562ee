import type { AnswerEvent, AnswerParser, SessionEvent, Usage } from "@palaver/core";
import { type GenerateOptions, generate } from "@palaver/engine";
import type { Answer } from "./answer.ts";

export interface AnswerTurnOptions extends GenerateOptions {
  readonly parser: AnswerParser;
  /** Takes what is said. */
  readonly answer: Answer;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/** Generates one answer and reads it: an abort is the end of an answer here, not a failure. */
export async function* answerTurn(options: AnswerTurnOptions): AsyncGenerator<SessionEvent, void, void> {
  const { parser, answer, signal, now, prompt } = options;
  const startMs = now();
  let usage: Usage = {
    promptTokens: prompt.length,
    cachedTokens: 0,
    completionTokens: 0,
    promptMs: 0,
    completionMs: 0,
  };
  const take = function* (events: readonly AnswerEvent[]): Generator<AnswerEvent> {
    for (const event of events) {
      answer.add(event);
      yield event;
    }
  };

  try {
    for await (const event of generate(options)) {
      switch (event.type) {
        case "prompt-end":
          usage = { ...usage, cachedTokens: event.cachedTokens, promptMs: event.promptMs };
          break;
        case "token": {
          const { id, control, logprob, top = [] } = event;
          usage = { ...usage, completionTokens: usage.completionTokens + 1 };
          if (logprob !== undefined) yield { type: "token", id, logprob, top };
          if (control !== undefined) yield* take(parser.push({ text: "", control }));
          break;
        }
        case "text-delta":
          yield* take(parser.push({ text: event.text }));
          break;
        case "finish": {
          yield* take(parser.end());
          const callsTools = event.reason === "stop" && answer.toolCalls.length > 0;
          yield { type: "finish", reason: callsTools ? "tool-calls" : event.reason, usage: event.usage };
          break;
        }
        default:
          event satisfies never;
      }
    }
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    yield* take(parser.end());
    const elapsedMs = now() - startMs;
    const { promptMs } = usage.completionTokens > 0 ? usage : { promptMs: elapsedMs };
    yield { type: "finish", reason: "aborted", usage: { ...usage, promptMs, completionMs: elapsedMs - promptMs } };
  }
}

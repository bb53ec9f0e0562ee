import type { FinishReason, SessionEvent, TokenLogprob, ToolCall, Usage } from "@palaver/core";

/** A token that was chosen, where log probabilities were asked for. */
export interface ChosenToken extends TokenLogprob {
  /** The most probable tokens, in descending order. */
  readonly top: readonly TokenLogprob[];
}

/** What every dialect says of an answer, piece by piece, with the tokens chosen since the last piece. `end` is always the last. */
export type AnswerPart = { readonly tokens: readonly ChosenToken[] } & (
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "reasoning"; readonly text: string }
  | { readonly type: "call"; readonly call: ToolCall; readonly index: number }
  | { readonly type: "end"; readonly reason: FinishReason; readonly usage: Usage }
);

/** A whole answer. */
export interface WholeAnswer {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly ToolCall[];
  readonly tokens: readonly ChosenToken[];
  readonly end: Extract<AnswerPart, { type: "end" }>;
}

/** The parts of a session's answer. What only looked like a call is text: it is what the model said. */
export async function* answerParts(events: AsyncIterable<SessionEvent>): AsyncGenerator<AnswerPart, void, void> {
  let tokens: ChosenToken[] = [];
  let calls = 0;
  for await (const event of events) {
    // No dialect has a word for a conversation that was shortened.
    if (event.type === "context-drop") continue;
    if (event.type === "token") {
      tokens.push({ id: event.id, logprob: event.logprob, top: event.top });
      continue;
    }
    const sinceLast = { tokens };
    tokens = [];
    switch (event.type) {
      case "text-delta":
        yield { type: "text", text: event.text, ...sinceLast };
        break;
      case "tool-call-error":
        yield { type: "text", text: event.raw, ...sinceLast };
        break;
      case "reasoning-delta":
        yield { type: "reasoning", text: event.text, ...sinceLast };
        break;
      case "tool-call": {
        const { id, name, arguments: values } = event;
        yield { type: "call", call: { id, name, arguments: values }, index: calls++, ...sinceLast };
        break;
      }
      case "finish":
        yield { type: "end", reason: event.reason, usage: event.usage, ...sinceLast };
        break;
      default:
        event satisfies never;
    }
  }
}

/** All parts in one. */
export async function wholeAnswer(parts: AsyncIterable<AnswerPart>): Promise<WholeAnswer> {
  const calls: ToolCall[] = [];
  const tokens: ChosenToken[] = [];
  let text = "";
  let reasoning = "";
  let end = unfinished;
  for await (const part of parts) {
    tokens.push(...part.tokens);
    if (part.type === "text") text += part.text;
    else if (part.type === "reasoning") reasoning += part.text;
    else if (part.type === "call") calls.push(part.call);
    else end = part;
  }
  return { text, reasoning, calls, tokens, end };
}

// --- internal ---

/** Stands in until the last part, which sessions always send. */
const unfinished: Extract<AnswerPart, { type: "end" }> = {
  type: "end",
  reason: "aborted",
  usage: { promptTokens: 0, cachedTokens: 0, completionTokens: 0, promptMs: 0, completionMs: 0 },
  tokens: [],
};

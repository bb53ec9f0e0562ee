import type { FinishReason, ToolCall, Usage } from "@palaver/core";
import { type AnswerPart, type ChosenToken, wholeAnswer } from "../answer-parts.ts";
import type { Failure } from "../failure.ts";

/** What every line of one answer repeats, and what its last line adds. */
export interface LineFacts {
  /** The model's name as it was asked for. */
  readonly model: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** When the request arrived. */
  readonly startedMs: number;
  /** How long the model took to open, in milliseconds. */
  readonly loadMs: number;
}

/** A piece of an answer, or the whole. */
interface LinePiece {
  readonly content: string;
  readonly thinking?: string;
  readonly calls?: readonly ToolCall[];
}

/** How one of the routes writes an answer down. */
export interface LineForm {
  /** Where a line holds the text: `response` of generate, `message` of chat. */
  readonly piece: (piece: LinePiece, firstCallIndex: number) => object;
  /** The tokens chosen, if any. */
  readonly logprobs: (tokens: readonly ChosenToken[]) => object;
}

/** The lines of a streamed answer, each with its line feed. */
export async function* answerLines(
  parts: AsyncIterable<AnswerPart>,
  facts: LineFacts,
  form: LineForm,
): AsyncGenerator<string> {
  for await (const part of parts) {
    const begin = { ...head(facts), ...form.piece(pieceOf(part), part.type === "call" ? part.index : 0) };
    const end = part.type === "end" ? tail(part, facts) : { done: false };
    yield line({ ...begin, ...end, ...form.logprobs(part.tokens) });
  }
}

/** A failure in the middle of a streamed answer. */
export function failureLine({ message }: Failure): string {
  return line({ error: message });
}

/** The one object of an answer that is not streamed. */
export async function answerObject(
  parts: AsyncIterable<AnswerPart>,
  facts: LineFacts,
  form: LineForm,
): Promise<object> {
  const { text, reasoning, calls, tokens, end } = await wholeAnswer(parts);
  const piece: LinePiece = {
    content: text,
    ...(reasoning !== "" && { thinking: reasoning }),
    ...(calls.length > 0 && { calls }),
  };
  return { ...head(facts), ...form.piece(piece, 0), ...tail(end, facts), ...form.logprobs(tokens) };
}

/** The answer to a request without a prompt: it only has the model opened. */
export function loadedObject(facts: LineFacts, form: LineForm): object {
  return { ...head(facts), ...form.piece({ content: "" }, 0), done: true, done_reason: "load" };
}

// --- internal ---

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

function head({ model, now }: LineFacts): object {
  return { model, created_at: new Date(now()).toISOString() };
}

function pieceOf(part: AnswerPart): LinePiece {
  switch (part.type) {
    case "text":
      return { content: part.text };
    case "reasoning":
      return { content: "", thinking: part.text };
    case "call":
      return { content: "", calls: [part.call] };
    case "end":
      return { content: "" };
    default:
      return part satisfies never;
  }
}

// Ollama has no reason of its own for calls, and whoever aborted is not there to read one.
const doneReasons = {
  stop: "stop",
  length: "length",
  "tool-calls": "stop",
  aborted: "stop",
} as const satisfies Record<FinishReason, string>;

function tail(
  { reason, usage }: { readonly reason: FinishReason; readonly usage: Usage },
  { now, startedMs, loadMs }: LineFacts,
): object {
  return {
    done: true,
    done_reason: doneReasons[reason],
    total_duration: nanoseconds(now() - startedMs),
    load_duration: nanoseconds(loadMs),
    prompt_eval_count: usage.promptTokens,
    prompt_eval_duration: nanoseconds(usage.promptMs),
    eval_count: usage.completionTokens,
    eval_duration: nanoseconds(usage.completionMs),
  };
}

function nanoseconds(ms: number): number {
  return Math.round(ms * 1e6);
}

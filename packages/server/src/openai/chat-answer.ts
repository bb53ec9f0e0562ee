import type { Tokenizer, ToolCall } from "@palaver/core";
import { type AnswerPart, type ChosenToken, wholeAnswer } from "../answer-parts.ts";
import { logprobBody } from "../logprob-body.ts";
import type { AnswerForm } from "./answer-form.ts";
import { finishReasons } from "./finish-reasons.ts";
import { sse, sseDone } from "./sse.ts";
import { usageBody } from "./usage-body.ts";

/** `/v1/chat/completions` */
export const chatAnswer: AnswerForm = {
  async *chunks(parts, facts, { tokenizer, includeUsage }) {
    const head = { ...facts, object: "chat.completion.chunk" };
    const noUsage = includeUsage ? { usage: null } : {};
    let hasBegun = false;
    for await (const part of parts) {
      if (!hasBegun) yield sse({ ...head, choices: [choice({ role: "assistant", content: "" })], ...noUsage });
      hasBegun = true;
      const finishReason = part.type === "end" ? finishReasons[part.reason] : null;
      const logprobs = logprobsOf(part.tokens, tokenizer);
      yield sse({ ...head, choices: [choice(deltaOf(part), finishReason, logprobs)], ...noUsage });
      if (part.type === "end" && includeUsage) yield sse({ ...head, choices: [], usage: usageBody(part.usage) });
    }
    yield sseDone;
  },

  async whole(parts, facts, { tokenizer }) {
    const { text, reasoning, calls, tokens, end } = await wholeAnswer(parts);
    const message = {
      role: "assistant",
      content: text === "" && calls.length > 0 ? null : text,
      refusal: null,
      ...(reasoning !== "" && { reasoning_content: reasoning }),
      ...(calls.length > 0 && { tool_calls: calls.map(callBody) }),
    };
    const logprobs = logprobsOf(tokens, tokenizer);
    const choices = [{ index: 0, message, logprobs, finish_reason: finishReasons[end.reason] }];
    return { ...facts, object: "chat.completion", choices, usage: usageBody(end.usage) };
  },
};

// --- internal ---

function choice(delta: object, finishReason: string | null = null, logprobs: object | null = null): object {
  return { index: 0, delta, logprobs, finish_reason: finishReason };
}

function deltaOf(part: AnswerPart): object {
  switch (part.type) {
    case "text":
      return { content: part.text };
    // Not of OpenAI: the name under which other engines send what the model thought.
    case "reasoning":
      return { reasoning_content: part.text };
    case "call":
      return { tool_calls: [{ index: part.index, ...callBody(part.call) }] };
    case "end":
      return {};
    default:
      return part satisfies never;
  }
}

function callBody({ id, name, arguments: values }: ToolCall): object {
  return { id, type: "function", function: { name, arguments: JSON.stringify(values) } };
}

function logprobsOf(tokens: readonly ChosenToken[], tokenizer: Tokenizer): object | null {
  if (tokens.length === 0) return null;
  return { content: tokens.map((token) => logprobBody(token, tokenizer)), refusal: null };
}

import { complete, createSession } from "@palaver/chat";
import { contentText, type Message, type Model, PalaverError, type Sampler, type SessionEvent } from "@palaver/core";
import type { PromptCache } from "@palaver/engine";
import type { AnswerRequest, Prompt } from "./answer-request.ts";
import type { Conversation } from "./conversation.ts";

export interface AnswerEventsOptions {
  /** Holds this answer's tokens; its capacity is the room for prompt and answer. The caller closes it. */
  readonly cache: PromptCache;
  readonly sampler: Sampler;
  /** Ends the answer, also in the middle of a step. */
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly now: () => number;
}

/**
 * The events of one answer by an open model.
 * A base model goes on with the text of a single user message, as Ollama has it do.
 * @throws ERR_UNSUPPORTED for a longer conversation, or a system message, with a base model; the events what sessions and `complete` throw
 */
export function answerEvents(
  model: Model,
  request: AnswerRequest,
  options: AnswerEventsOptions,
): AsyncGenerator<SessionEvent> {
  const { prompt } = request;
  if (prompt.type === "raw") return continued(model, prompt.text, request, options);
  if (model.template !== undefined) return answered(model, conversationOf(prompt), request, options);
  const text = onlyText(prompt);
  if (text !== undefined) return continued(model, text, request, options);
  const param = prompt.type === "turn" ? "system" : "messages";
  const message = `${model.name} is a base model: it goes on with a text and knows no roles`;
  throw new PalaverError("ERR_UNSUPPORTED", message, { details: { param } });
}

/** What a prompt with roles says, message by message. */
export function conversationOf(prompt: Exclude<Prompt, { type: "raw" }>): Conversation {
  if (prompt.type === "chat") return prompt;
  const system: Message[] = prompt.system === undefined ? [] : [{ role: "system", content: prompt.system }];
  return { type: "chat", messages: [...system, { role: "user", content: prompt.text }], tools: [] };
}

// --- internal ---

/** The text of a prompt that is one message of a person and nothing else: that much a base model can go on with. */
function onlyText(prompt: Exclude<Prompt, { type: "raw" }>): string | undefined {
  if (prompt.type === "turn") return prompt.system === undefined ? prompt.text : undefined;
  const [message, ...others] = prompt.messages;
  const isAlone = message?.role === "user" && others.length === 0 && prompt.tools.length === 0;
  return isAlone ? contentText(message.content) : undefined;
}

async function* answered(
  model: Model,
  { messages, tools }: Conversation,
  { stop: stopStrings, maxTokens, dropsOldest, variables, logprobs }: AnswerRequest,
  { cache, sampler, signal, now }: AnswerEventsOptions,
): AsyncGenerator<SessionEvent> {
  const contextPolicy = dropsOldest ? "drop-oldest" : "error";
  const session = createSession({ model, messages, cache, contextPolicy, now });
  try {
    const offered = tools.length === 0 ? undefined : tools;
    yield* session.send([], { sampler, maxTokens, stopStrings, tools: offered, variables, logprobs, signal });
  } finally {
    await session.close();
  }
}

async function* continued(
  model: Model,
  text: string,
  { stop: stopStrings, maxTokens, logprobs }: AnswerRequest,
  { cache, sampler, signal, now }: AnswerEventsOptions,
): AsyncGenerator<SessionEvent> {
  const options = { cache, sampler, stopStrings, maxTokens, logprobs, signal, now };
  for await (const event of complete(model, text, options)) {
    if (event.type === "text-delta" || event.type === "finish") yield event;
    else if (event.type === "token" && event.logprob !== undefined) {
      yield { type: "token", id: event.id, logprob: event.logprob, top: event.top ?? [] };
    }
  }
}

import { contentText, type JsonValue, type Message } from "@palaver/core";
import type { SamplerOptions } from "@palaver/sampling";
import type { Conversation } from "./conversation.ts";

/** What is to be answered. */
export type Prompt =
  /** A conversation; where the assistant spoke last, the answer goes on with that message. A base model goes on with the text of a single user message. */
  | Conversation
  /** One message of a person; a base model goes on with its text instead. */
  | { readonly type: "turn"; readonly text: string; readonly system?: string }
  /** Text to go on with, without a template. */
  | { readonly type: "raw"; readonly text: string };

/** A request in no dialect. */
export interface AnswerRequest {
  readonly model: string;
  readonly prompt: Prompt;
  /** What the request names. Without `seed`: a fresh one. */
  readonly sampling: SamplerOptions;
  /** What the dialect does where neither request nor model say. Default: the sampler's own, which are Ollama's. */
  readonly usualSampling?: SamplerOptions;
  /** Strings that end the answer. */
  readonly stop: readonly string[];
  /** Default: until the context is full. */
  readonly maxTokens?: number | undefined;
  /** Room for prompt and answer; more than the model has is what it has. Default: all that it has. */
  readonly contextTokens?: number | undefined;
  /** Forget the oldest turns where a conversation outgrows the context, rather than refuse it. Default: false. */
  readonly dropsOldest?: boolean | undefined;
  /** Values for the template. Default: none. */
  readonly variables?: Readonly<Record<string, JsonValue>> | undefined;
  /** Adds `token` events with this many of the most probable tokens. Default: none. */
  readonly logprobs?: number | undefined;
}

/** The characters that a request gives template and tokenizer, without what the template adds. */
export function characterCount({ prompt, variables = {} }: Pick<AnswerRequest, "prompt" | "variables">): number {
  const told = Object.keys(variables).length === 0 ? 0 : JSON.stringify(variables).length;
  return promptCharacters(prompt) + told;
}

// --- internal ---

function promptCharacters(prompt: Prompt): number {
  if (prompt.type === "raw") return prompt.text.length;
  if (prompt.type === "turn") return prompt.text.length + (prompt.system ?? "").length;
  return prompt.messages.reduce(
    (sum, message) => sum + messageCharacters(message),
    prompt.tools.length === 0 ? 0 : JSON.stringify(prompt.tools).length,
  );
}

/** Everything in a message that a template may print. */
function messageCharacters(message: Message): number {
  const own = contentText(message.content).length;
  switch (message.role) {
    case "system":
      return own;
    case "user":
      return own + (message.name ?? "").length;
    case "assistant": {
      const calls = message.toolCalls === undefined ? 0 : JSON.stringify(message.toolCalls).length;
      return own + (message.reasoning ?? "").length + calls;
    }
    case "tool":
      return own + (message.name ?? "").length + (message.toolCallId ?? "").length;
    default:
      return message satisfies never;
  }
}

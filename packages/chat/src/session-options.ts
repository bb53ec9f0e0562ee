import type {
  JsonValue,
  Message,
  Model,
  Sampler,
  Session,
  SessionEvent,
  ToolDefinition,
  ToolMessage,
  UserMessage,
} from "@palaver/core";
import type { PromptCache, SpeculateOptions } from "@palaver/engine";
import type { ContextPolicy } from "./fit-context.ts";

/** What can be said to a session. An empty list answers the conversation as it stands. */
export type SendInput = string | UserMessage | readonly (UserMessage | ToolMessage)[];

/** How to answer: a session's defaults, or one `send`'s own. */
export interface AnswerOptions {
  /** Chooses the tokens. Default: `createSampler()`. */
  readonly sampler?: Sampler | undefined;
  /** The most tokens of an answer. Default: until the context is full. */
  readonly maxTokens?: number | undefined;
  /** Strings that end an answer and are no part of it. Default: none. */
  readonly stopStrings?: readonly string[] | undefined;
  /** Tools that the model may call. Default: none. */
  readonly tools?: readonly ToolDefinition[] | undefined;
  /** Values that the template reads by name (`enable_thinking` and the like). Default: none. */
  readonly variables?: Readonly<Record<string, JsonValue>> | undefined;
  /** Sends a `token` event for each token, with its log P and this many of the most probable ones. Default: none. */
  readonly logprobs?: number | undefined;
  /** Computes guessed tokens together with the one before them, as in `generate`. Default: no guessing. */
  readonly speculate?: SpeculateOptions | undefined;
}

export interface SessionOptions extends AnswerOptions {
  /** The model; it outlives the session. */
  readonly model: Model;
  /** The system message; it replaces the one of `messages`. Default: none. */
  readonly system?: string | undefined;
  /** The conversation so far. Default: none. */
  readonly messages?: readonly Message[] | undefined;
  /** Tokens of prompt and answer together. Default: what the model was built for. */
  readonly contextTokens?: number | undefined;
  /** When the conversation outgrows the context: fail with ERR_CONTEXT_FULL, or drop the oldest turns. Default: `error`. */
  readonly contextPolicy?: ContextPolicy | undefined;
  /** What earlier prompts left behind; the caller closes it. Default: a cache of the session's own. */
  readonly cache?: PromptCache | undefined;
  /** A clock in milliseconds. Default: `performance.now`. */
  readonly now?: (() => number) | undefined;
}

export interface SendOptions extends AnswerOptions {
  /** Ends the answer; what was said stays. */
  readonly signal?: AbortSignal | undefined;
}

/** A conversation with a local model. */
export interface ChatSession extends Session {
  /**
   * As `Session.send`. An empty list answers the conversation as it stands; where the assistant spoke last, the answer
   * goes on with that message.
   */
  send(input: SendInput, options?: SendOptions): AsyncIterable<SessionEvent>;
  /** A session with the same past and its own future. @throws ERR_INVALID_ARGUMENT during an answer, ERR_LIMIT, ERR_CLOSED */
  fork(): ChatSession;
  /** Replaces the conversation. Default: by its system message alone. @throws ERR_INVALID_ARGUMENT during an answer, ERR_CLOSED */
  reset(messages?: readonly Message[]): void;
  /** The messages: `JSON.stringify(session)` saves a conversation, `parseMessages` of it restores one. */
  toJSON(): readonly Message[];
}

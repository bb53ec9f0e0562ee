import type { Message, ToolDefinition } from "@palaver/core";

/** What a person thought of an answer: good or bad. */
export type Rating = 1 | -1;

/** A conversation up to an answer that the model ended by itself. */
export interface LoggedConversation {
  /** Unique in its log; the answer's response names it. */
  readonly id: string;
  /** When the answer ended: ISO 8601, UTC. */
  readonly time: string;
  /** The model's own name. */
  readonly model: string;
  /** The answer is the last. */
  readonly messages: readonly Message[];
  /** Those that the request offered; may be empty. */
  readonly tools: readonly ToolDefinition[];
}

/** A conversation as a log keeps it: in the spelling of the OpenAI dialect, which readers of training data know. */
export interface StoredConversation {
  readonly id: string;
  readonly time: string;
  readonly model: string;
  readonly messages: readonly object[];
  /** Absent where none were offered. */
  readonly tools?: readonly object[];
  /** The newest one; absent where nobody rated. */
  readonly rating?: Rating;
}

/** Where a server keeps conversations and what people thought of them. */
export interface ConversationLog {
  /** @throws ERR_IO, ERR_LIMIT where the log is full */
  append(conversation: LoggedConversation): Promise<void>;
  /** The newest rating counts. @throws ERR_NOT_FOUND for an id that the log does not have, ERR_IO, ERR_LIMIT */
  rate(id: string, rating: Rating, time: string): Promise<void>;
  /** The conversations in the order in which they ended; with `rating` those that have it now. @throws ERR_IO */
  read(options?: { readonly rating?: Rating | undefined }): AsyncIterable<StoredConversation>;
}

import type { JsonObject } from "./json.ts";
import type { Message, ToolMessage, UserMessage } from "./message.ts";
import type { TokenLogprob } from "./sampler.ts";

/** Why an answer ended: the model ended its turn, a stop string, a limit, a call of a tool, or the caller. */
export type FinishReason = "stop" | "length" | "tool-calls" | "aborted";

/** Tokens and times of one answer. */
export interface Usage {
  readonly promptTokens: number;
  /** Of those, how many were in the cache already. */
  readonly cachedTokens: number;
  readonly completionTokens: number;
  /** Milliseconds from the start to the first token's logits. */
  readonly promptMs: number;
  /** Milliseconds from there to the end. */
  readonly completionMs: number;
}

/** What happens while a session answers. `finish` is always the last. */
export type SessionEvent =
  /** The oldest turns left the conversation, so that the rest fits the context; comes first. */
  | { readonly type: "context-drop"; readonly messages: readonly Message[] }
  /** A token was chosen; only where log probabilities were asked for. `top` has the most probable ones in descending order. */
  | {
      readonly type: "token";
      readonly id: number;
      readonly logprob: number;
      readonly top: readonly TokenLogprob[];
    }
  | { readonly type: "text-delta"; readonly text: string }
  | { readonly type: "reasoning-delta"; readonly text: string }
  | { readonly type: "tool-call"; readonly id: string; readonly name: string; readonly arguments: JsonObject }
  | { readonly type: "tool-call-error"; readonly raw: string; readonly reason: string }
  | { readonly type: "finish"; readonly reason: FinishReason; readonly usage: Usage };

/** A conversation with a model. */
export interface Session {
  /** The conversation so far, the system message first. */
  readonly messages: readonly Message[];
  /**
   * Adds messages and answers them, as the events are taken. When the answer ends, by itself, by `signal` or because
   * no more events are taken, what was said is part of `messages`; when it fails, or ends before anything was said,
   * `messages` is as before. One answer at a time.
   * @throws ERR_INVALID_ARGUMENT, ERR_CONTEXT_FULL, ERR_RUNTIME, ERR_CLOSED
   */
  send(
    input: string | UserMessage | readonly (UserMessage | ToolMessage)[],
    options?: { readonly signal?: AbortSignal },
  ): AsyncIterable<SessionEvent>;
  close(): Promise<void>;
}

import type { LogitsRequest, Runtime, RuntimeSession } from "@palaver/core";
import type { CacheState } from "./cache-state.ts";

/** One piece of a sequence to run. */
export interface ForwardCall {
  readonly state: CacheState;
  /** Tokens that `state` already holds. */
  readonly start: number;
  readonly tokens: readonly number[];
  readonly logits: LogitsRequest;
  /** For the logits, if they have its length. */
  readonly into?: Float32Array | undefined;
  readonly signal?: AbortSignal;
}

/** What a piece gave. */
export interface ForwardResult {
  /** The caches with the piece in them, held once for the caller; may be the state that was given. */
  readonly state: CacheState;
  /** `(rows, vocab)`, the caller's own; empty for `none`. */
  readonly logits: Float32Array;
}

/** How a graph takes tokens and keeps its cache. Calls never overlap: the decoder queues them. */
export interface DecoderForm {
  readonly vocabSize: number;
  /** Bytes that one token takes in a cache. */
  readonly bytesPerToken: number;
  empty(capacity: number): CacheState;
  /** A state with the first `length` tokens of `state` that nothing done to `state` changes. */
  fork(state: CacheState, length: number, capacity: number): CacheState;
  /** Runs a piece. `call.state` is as before if it fails, up to `call.start`. @throws ERR_RUNTIME; `signal.reason` */
  forward(call: ForwardCall): Promise<ForwardResult>;
  /** Frees what the form itself holds. */
  close(): Promise<void>;
}

/** What forms are made from. */
export interface FormContext {
  readonly runtime: Runtime;
  readonly session: RuntimeSession;
}

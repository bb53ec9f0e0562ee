/** Which logits a row gives: none, `(vocab,)` of its last token, or `(tokens, vocab)` of all. */
export type LogitsRequest = "none" | "last" | "all";

/** One sequence's share of a step. */
export interface DecoderRow {
  readonly cache: DecoderCache;
  /** New tokens, at least one; they take the positions from `cache.length` on. */
  readonly tokens: readonly number[];
  /** Default: `last`. */
  readonly logits?: LogitsRequest;
  /**
   * Memory for the logits, for a decoder to use if it has just their length: a new array of a whole vocabulary at each token costs
   * as much as everything else around the model. Read what `step` gives, which may be this or not. Default: none.
   */
  readonly into?: Float32Array | undefined;
}

/** The keys and values of one sequence, owned by its decoder. */
export interface DecoderCache {
  /** Tokens held. */
  readonly length: number;
  /** Tokens that fit. */
  readonly capacity: number;
  /** Forgets every token from `length` on. @throws ERR_INVALID_ARGUMENT if it is longer than the cache. */
  truncate(length: number): void;
  /** A copy of the first `length` tokens (default: all) that goes its own way. @throws ERR_LIMIT, ERR_CLOSED */
  fork(length?: number): DecoderCache;
  /** Allowed during a step; the step's other rows do not notice. */
  close(): void;
}

export interface StepOptions {
  /** Stops the step, also in the middle of it. The caches are then as before the step. */
  readonly signal?: AbortSignal;
}

/** What runs a model, named for people and logs. */
export interface DecoderInfo {
  /** The driver that calls the runtime: `native`, `portable` or what an implementation calls itself. */
  readonly driver: string;
  /** `cpu`, `cuda`, `webgpu` and the like. */
  readonly device: string;
  /** The runtime's own version. */
  readonly runtimeVersion: string;
  readonly threads: number;
}

/** A model that takes tokens and gives logits. */
export interface Decoder {
  readonly vocabSize: number;
  /** The longest sequence that the model was built for. */
  readonly contextTokens: number;
  readonly info: DecoderInfo;
  /**
   * A new, empty cache. `capacity` is in tokens (default: `contextTokens`).
   * @throws ERR_INVALID_ARGUMENT, ERR_LIMIT (with the bytes asked for), ERR_CLOSED
   */
  createCache(options?: { readonly capacity?: number }): DecoderCache;
  /**
   * Runs each row's new tokens and gives each row's logits, in order, as arrays that the caller owns (empty for
   * `none`; the row's `into` where that was used). Steps run one after the other in the order of the calls. A step that fails leaves every cache as it was.
   * @throws ERR_INVALID_ARGUMENT, ERR_CONTEXT_FULL, ERR_RUNTIME, ERR_CLOSED; `signal.reason` when aborted
   */
  step(rows: readonly DecoderRow[], options?: StepOptions): Promise<Float32Array[]>;
  /** Waits for the running step, then frees the model and every cache. */
  close(): Promise<void>;
}

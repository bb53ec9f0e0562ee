/** Changes logits in place, `(vocab,)`; a token is excluded by `-Infinity`. */
export type LogitsTransform = (logits: Float32Array, context: SampleContext) => void;

/** What a sampler may look at besides the logits. */
export interface SampleContext {
  /** Index in the sequence of the token to be chosen; the randomness of a seeded sampler depends on the seed and on this only. */
  readonly position: number;
  /** The ids of the sequence so far, prompt included. */
  readonly ids: readonly number[];
}

/**
 * Chooses the next token from logits, `(vocab,)`, which it may change in place and not keep: the next token's take their memory. The same logits, position and ids
 * give the same token: a sampler has no hidden state, so an answer does not depend on what else was sampled.
 */
export type Sampler = (logits: Float32Array, context?: SampleContext) => number;

/** A token with its log P (natural logarithm). */
export interface TokenLogprob {
  readonly id: number;
  readonly logprob: number;
}

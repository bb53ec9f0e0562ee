/**
 * A decoder's cache together with the ids in it, so that a prompt which begins like the last one computes only its end.
 *
 * The invariant that keeps "same seed, same tokens" true after a cache hit: a prompt is computed in steps that begin at
 * multiples of `chunkTokens`, and only whole steps are reused. So a warm cache holds what a cold one would have
 * computed, by the same steps: kernels give a token's entry other last bits in a step of another length. For the same
 * reason entries of generated tokens, one step each, are forgotten when the answer ends.
 */

import { type Decoder, type DecoderCache, isPalaverError, PalaverError, type StepOptions } from "@palaver/core";

/** As fast as longer steps, while other sequences wait for little, and little is computed again after a cache hit. */
const CHUNK_TOKENS = 64;

/** What a sequence keeps between its answers. One answer at a time. */
export interface PromptCache {
  /** The ids that a next prompt may share: whole steps of the last one. */
  readonly ids: readonly number[];
  /** Tokens that fit. */
  readonly capacity: number;
  /**
   * Begins an answer: forgets what `prompt` does not share.
   * @throws ERR_CONTEXT_FULL if it does not fit, ERR_INVALID_ARGUMENT if it is empty or an answer is under way, ERR_CLOSED
   */
  begin(prompt: readonly number[]): Continuation;
  /** A copy that goes its own way. @throws ERR_INVALID_ARGUMENT during an answer, ERR_LIMIT, ERR_CLOSED */
  fork(): PromptCache;
  close(): void;
}

/** A prompt being continued, token by token. */
export interface Continuation {
  /** How many of the prompt's tokens need no computing. */
  readonly cachedTokens: number;
  /** Computes the rest of the prompt; gives the logits of the token after it, `(vocab,)`. */
  prefill(options?: StepOptions): Promise<Float32Array>;
  /** Adds tokens in one step; gives the logits of the one after each, `(vocab,)`. They are views of one array. */
  append(ids: readonly number[], options?: AppendOptions): Promise<Float32Array[]>;
  /** Forgets the tokens from `length` on, of prompt and answer. @throws ERR_INVALID_ARGUMENT for a length within the prompt */
  truncate(length: number): void;
  /** Ends the answer: forgets its tokens, keeps the prompt's. Also where the cache or its decoder is closed already. */
  end(): void;
}

interface AppendOptions extends StepOptions {
  /** Memory for the logits, as `DecoderRow.into`. */
  readonly into?: Float32Array | undefined;
}

export interface PromptCacheOptions {
  /** Tokens that fit, prompt and answer. Default: the decoder's `contextTokens`. */
  readonly capacity?: number | undefined;
  /** Tokens of a prefill step; caches that differ here may give other last bits. Default: 64. */
  readonly chunkTokens?: number | undefined;
}

/** An empty cache for prompts. @throws ERR_INVALID_ARGUMENT for a chunk below 1 token; as `Decoder.createCache` */
export function createPromptCache(decoder: Decoder, options: PromptCacheOptions = {}): PromptCache {
  const { capacity, chunkTokens = CHUNK_TOKENS } = options;
  if (!(Number.isSafeInteger(chunkTokens) && chunkTokens >= 1)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `chunkTokens must be an integer, 1 or more, got ${chunkTokens}`);
  }
  return wrap(decoder, decoder.createCache(capacity === undefined ? {} : { capacity }), [], chunkTokens);
}

// --- internal ---

function wrap(decoder: Decoder, cache: DecoderCache, ids: number[], chunkTokens: number): PromptCache {
  let isAnswering = false;

  const requireIdle = (): void => {
    if (isAnswering)
      throw new PalaverError("ERR_INVALID_ARGUMENT", "this cache is used by an answer that has not ended");
  };

  return {
    ids,
    capacity: cache.capacity,
    begin(prompt) {
      requireIdle();
      requireFit(prompt, cache.capacity);
      const shared = sharedLength(ids, prompt, chunkTokens);
      cache.truncate(shared);
      ids.length = shared;
      isAnswering = true;

      return {
        cachedTokens: shared,
        async prefill(options) {
          for (;;) {
            const tokens = prompt.slice(cache.length, cache.length + chunkTokens);
            const isLast = cache.length + tokens.length === prompt.length;
            const [logits] = await decoder.step([{ cache, tokens, logits: isLast ? "last" : "none" }], options);
            if (tokens.length === chunkTokens) ids.push(...tokens);
            if (isLast) return logits!; // one row gives one array of logits
          }
        },
        async append(tokens, { into, ...options } = {}) {
          const [logits] = await decoder.step([{ cache, tokens, logits: "all", into }], options);
          if (tokens.length === 1) return [logits!]; // one row gives one array of logits
          const { vocabSize } = decoder;
          return tokens.map((_, i) => logits!.subarray(i * vocabSize, (i + 1) * vocabSize));
        },
        truncate(length) {
          if (length >= prompt.length) return cache.truncate(length);
          const message = `${length} tokens are fewer than the prompt's ${prompt.length}`;
          throw new PalaverError("ERR_INVALID_ARGUMENT", message);
        },
        end() {
          isAnswering = false;
          try {
            cache.truncate(ids.length);
          } catch (error) {
            // In a closed cache there is nothing to forget, and what ended the answer is the error to be told.
            if (!isPalaverError(error, "ERR_CLOSED")) throw error;
          }
        },
      };
    },
    fork() {
      requireIdle();
      return wrap(decoder, cache.fork(ids.length), [...ids], chunkTokens);
    },
    close: () => cache.close(),
  };
}

/** How many tokens `prompt` shares with `ids` in whole steps, less what must be computed to get logits. */
function sharedLength(ids: readonly number[], prompt: readonly number[], chunkTokens: number): number {
  const most = Math.min(ids.length, prompt.length - 1);
  let length = 0;
  while (length < most && ids[length] === prompt[length]) length++;
  return length - (length % chunkTokens);
}

function requireFit(prompt: readonly number[], capacity: number): void {
  if (prompt.length === 0) throw new PalaverError("ERR_INVALID_ARGUMENT", "a prompt needs at least one token");
  const excess = prompt.length - capacity;
  if (excess <= 0) return;
  throw new PalaverError(
    "ERR_CONTEXT_FULL",
    `context is ${capacity} tokens, prompt needs ${prompt.length}: drop ${excess} or raise contextTokens`,
    { details: { contextTokens: capacity, promptTokens: prompt.length, excess } },
  );
}

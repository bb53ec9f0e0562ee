/**
 * A decoder's cache together with the ids in it, so that a prompt which begins like the last one computes only its end.
 *
 * The invariant that keeps "same seed, same tokens" true after a cache hit: between two answers the cache holds only
 * entries that a prefill of two or more tokens wrote. Entries of generated tokens are forgotten at the end of an answer
 * and computed anew when they come back as part of a prompt, because steps of one token give other last bits.
 */

import { type Decoder, type DecoderCache, PalaverError, type StepOptions } from "@palaver/core";
import { chunkRanges } from "./chunk-ranges.ts";

/** Tokens of one prefill step: long enough for full matrix products, short enough that other sequences wait for little. */
const CHUNK_TOKENS = 128;

/** What a sequence keeps between its answers. One answer at a time. */
export interface PromptCache {
  /** The ids that a next prompt may share. */
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
  /** Adds one token; gives the logits of the one after it, `(vocab,)`. */
  append(id: number, options?: StepOptions): Promise<Float32Array>;
  /** Ends the answer: forgets its tokens, keeps the prompt's. */
  end(): void;
}

export interface PromptCacheOptions {
  /** Tokens that fit, prompt and answer. Default: the decoder's `contextTokens`. */
  readonly capacity?: number;
}

/** An empty cache for prompts. @throws as `Decoder.createCache` */
export function createPromptCache(decoder: Decoder, { capacity }: PromptCacheOptions = {}): PromptCache {
  return wrap(decoder, decoder.createCache(capacity === undefined ? {} : { capacity }), []);
}

// --- internal ---

function wrap(decoder: Decoder, cache: DecoderCache, ids: number[]): PromptCache {
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
      const shared = sharedLength(ids, prompt);
      cache.truncate(shared);
      ids.length = shared;
      isAnswering = true;

      return {
        cachedTokens: shared,
        async prefill({ signal } = {}) {
          let logits: Float32Array = new Float32Array(0);
          for (const [start, end] of chunkRanges(shared, prompt.length, CHUNK_TOKENS)) {
            const tokens = prompt.slice(start, end);
            const row = { cache, tokens, logits: end === prompt.length ? ("last" as const) : ("none" as const) };
            [logits = logits] = await decoder.step([row], signal === undefined ? {} : { signal });
            if (tokens.length > 1) ids.push(...tokens);
          }
          return logits;
        },
        async append(id, { signal } = {}) {
          const [logits] = await decoder.step([{ cache, tokens: [id] }], signal === undefined ? {} : { signal });
          return logits!; // one row gives one array of logits
        },
        end() {
          isAnswering = false;
          cache.truncate(ids.length);
        },
      };
    },
    fork() {
      requireIdle();
      return wrap(decoder, cache.fork(ids.length), [...ids]);
    },
    close: () => cache.close(),
  };
}

/** How far `prompt` goes along with `ids`, less the two tokens that a prefill needs to compute. */
function sharedLength(ids: readonly number[], prompt: readonly number[]): number {
  const most = Math.min(ids.length, prompt.length - 2);
  let length = 0;
  while (length < most && ids[length] === prompt[length]) length++;
  return length;
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

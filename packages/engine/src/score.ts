import type { Decoder } from "@palaver/core";
import { PalaverError } from "@palaver/core";
import { logprobs } from "@palaver/sampling";

/** Tokens of one step. All their logits exist at once: 39 MB at a vocabulary of 152k. */
const CHUNK_TOKENS = 64;

export interface ScoreOptions {
  readonly decoder: Decoder;
  /** The tokens of the text, at least two. The first is given; each later one gets its P. */
  readonly ids: readonly number[];
  /** Tokens of one step; 1 computes one token after the other, as generation does. Default: 64. */
  readonly chunk?: number | undefined;
  /** Adds this many of the most probable tokens at each place. Default: 0. */
  readonly top?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The factors of P(text), in order, then their product. */
export type ScoreEvent =
  /** `logprob` is log P(ids[index] | ids[0] ... ids[index - 1]). */
  | {
      readonly type: "token";
      readonly index: number;
      readonly id: number;
      readonly logprob: number;
      readonly top: readonly { readonly id: number; readonly logprob: number }[];
    }
  /** `logprob` is the sum of all; `perplexity` is exp(-logprob / tokens). Always the last. */
  | { readonly type: "finish"; readonly tokens: number; readonly logprob: number; readonly perplexity: number };

/**
 * How probable a text is: P(t1 ... tn | t0) = P(t1 | t0) P(t2 | t0 t1) ... . Memory stays that of one step.
 * @throws ERR_INVALID_ARGUMENT, ERR_CONTEXT_FULL, ERR_RUNTIME, ERR_CLOSED; `signal.reason` when aborted
 */
export async function* score(options: ScoreOptions): AsyncGenerator<ScoreEvent, void, void> {
  const { decoder, ids, chunk = CHUNK_TOKENS, top = 0, signal } = options;
  requireScorable(ids, chunk, decoder.contextTokens);
  const computed = ids.length - 1; // nothing follows the last token
  const cache = decoder.createCache({ capacity: computed });
  try {
    let sum = 0;
    for (let start = 0; start < computed; start += chunk) {
      const end = Math.min(start + chunk, computed);
      const row = { cache, tokens: ids.slice(start, end), logits: "all" as const };
      const [logits] = await decoder.step([row], signal === undefined ? {} : { signal });
      for (let i = start; i < end; i++) {
        const id = ids[i + 1]!;
        const offset = (i - start) * decoder.vocabSize;
        const [{ logprob }, ...best] = logprobs(logits!.subarray(offset, offset + decoder.vocabSize), id, top);
        if (Number.isNaN(logprob)) throw new PalaverError("ERR_RUNTIME", `log P of token ${i + 1} is not a number`);
        sum += logprob;
        yield { type: "token", index: i + 1, id, logprob, top: best };
      }
    }
    yield { type: "finish", tokens: computed, logprob: sum, perplexity: Math.exp(-sum / computed) };
  } finally {
    cache.close();
  }
}

// --- internal ---

function requireScorable(ids: readonly number[], chunk: number, contextTokens: number): void {
  if (!(Number.isSafeInteger(chunk) && chunk >= 1)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `chunk must be an integer, 1 or more, got ${chunk}`);
  }
  if (ids.length < 2) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `a score needs two tokens or more, got ${ids.length}`);
  }
  const excess = ids.length - 1 - contextTokens;
  if (excess <= 0) return;
  throw new PalaverError(
    "ERR_CONTEXT_FULL",
    `context is ${contextTokens} tokens, the text needs ${ids.length - 1}: drop ${excess}`,
    { details: { contextTokens, promptTokens: ids.length - 1, excess } },
  );
}

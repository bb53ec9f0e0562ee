import type { Decoder } from "@palaver/core";
import { PalaverError } from "@palaver/core";
import { logprobs } from "@palaver/sampling";
import { nextTurn } from "./next-turn.ts";

/** Tokens of one step, where the vocabulary allows it. */
const CHUNK_TOKENS = 64;
/** Logits of one step, and of one turn of the event loop, which copies and rates them: 8 MB, 13 tokens of a vocabulary of 152k. */
const MAX_LOGITS = 2 ** 21;

export interface ScoreOptions {
  readonly decoder: Decoder;
  /** The tokens of the text, at least two. The first is given; each later one gets its P. */
  readonly ids: readonly number[];
  /**
   * The most tokens of one step; 1 computes one token after the other, as generation does. Vocabularies beyond 32,768 tokens
   * get shorter steps than 64, of 2^21 logits at most. Default: 64.
   */
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
  const size = Math.min(chunk, Math.max(1, Math.floor(MAX_LOGITS / decoder.vocabSize)));
  const cache = decoder.createCache({ capacity: computed });
  try {
    let sum = 0;
    let logitsOfTurn = 0;
    for (let start = 0; start < computed; start += size) {
      const end = Math.min(start + size, computed);
      const row = { cache, tokens: ids.slice(start, end), logits: "all" as const };
      const [logits] = await decoder.step([row], signal === undefined ? {} : { signal });
      // The end of a step copies the logits, and gives no turn to others before they are gone through.
      logitsOfTurn += (end - start) * decoder.vocabSize;
      if (logitsOfTurn > MAX_LOGITS / 2) {
        await nextTurn();
        logitsOfTurn = 0;
      }
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

import { PalaverError } from "@palaver/core";

/** How far a written model's logits are from its checkpoint's. */
export interface LogitsComparison {
  /** Positions compared. */
  readonly tokens: number;
  /** The largest and the mean absolute difference of two logits. */
  readonly largestDifference: number;
  readonly meanDifference: number;
  /** KL(checkpoint || written) in nats, mean over positions. */
  readonly klDivergence: number;
  /** Share of positions at which both find the same token likeliest. */
  readonly sameLikeliest: number;
  /** exp of the mean -log P of the text's own next tokens. */
  readonly checkpointPerplexity: number;
  readonly writtenPerplexity: number;
  /** `100 * (written / checkpoint - 1)`. */
  readonly perplexityChangePercent: number;
}

/**
 * Compares logits after each of `ids`: `reference` is `(tokens, vocab)`, `written` the same in one list.
 * @throws ERR_FORMAT where the checkpoint's are not finite, ERR_RUNTIME where the written model's are not
 */
export function compareLogits(
  ids: readonly number[],
  reference: readonly (readonly number[])[],
  written: Float32Array,
): LogitsComparison {
  const vocab = written.length / ids.length;
  const sums = { difference: 0, kl: 0, same: 0, reference: 0, written: 0 };
  let largestDifference = 0;
  for (const [position, expected] of reference.entries()) {
    const actual = written.subarray(position * vocab, (position + 1) * vocab);
    for (let i = 0; i < vocab; i++) {
      const difference = Math.abs(expected[i]! - actual[i]!);
      if (!Number.isFinite(difference)) throw notFinite(position, expected[i]!, actual[i]!);
      sums.difference += difference;
      if (difference > largestDifference) largestDifference = difference;
    }
    const p = logSumExp(expected);
    const q = logSumExp(actual);
    for (let i = 0; i < vocab; i++) {
      const logP = expected[i]! - p;
      sums.kl += Math.exp(logP) * (logP - (actual[i]! - q));
    }
    if (likeliest(expected) === likeliest(actual)) sums.same += 1;
    const next = ids[position + 1];
    if (next === undefined) continue;
    sums.reference += expected[next]! - p;
    sums.written += actual[next]! - q;
  }
  const checkpointPerplexity = Math.exp(-sums.reference / (ids.length - 1));
  const writtenPerplexity = Math.exp(-sums.written / (ids.length - 1));
  return {
    tokens: ids.length,
    largestDifference,
    meanDifference: sums.difference / written.length,
    // Rounding can take the sum of a distribution with itself below zero.
    klDivergence: Math.max(0, sums.kl / ids.length),
    sameLikeliest: sums.same / ids.length,
    checkpointPerplexity,
    writtenPerplexity,
    perplexityChangePercent: 100 * (writtenPerplexity / checkpointPerplexity - 1),
  };
}

// --- internal ---

// Figures of such logits would look like any others: comparisons with NaN are false.
function notFinite(position: number, expected: number, actual: number): PalaverError {
  const isReference = !Number.isFinite(expected);
  const whose = isReference ? "the checkpoint's own" : "the written model's";
  return new PalaverError(
    isReference ? "ERR_FORMAT" : "ERR_RUNTIME",
    `${whose} logits are not finite after token ${position}, one is ${isReference ? expected : actual}: do not use it`,
    { details: { position } },
  );
}

function logSumExp(logits: ArrayLike<number>): number {
  const largest = logits[likeliest(logits)]!;
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i]! - largest);
  return largest + Math.log(sum);
}

function likeliest(logits: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  return best;
}

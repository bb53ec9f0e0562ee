import { PalaverError } from "@palaver/core";
import { uniform } from "@palaver/sampling";
import type { SequenceSource, TrainingSequence } from "./training-sequence.ts";

export interface ShuffleOptions {
  /** A safe integer; the same seed gives the same order. */
  readonly seed: number;
  /** How often all is gone through, in another order each time. Default: for ever. */
  readonly epochs?: number | undefined;
}

/** Sequences in memory as a source, shuffled. @throws ERR_INVALID_ARGUMENT for none */
export function shuffledSequences(
  sequences: readonly TrainingSequence[],
  { seed, epochs = Number.POSITIVE_INFINITY }: ShuffleOptions,
): SequenceSource {
  const { length } = sequences;
  if (length === 0) throw new PalaverError("ERR_INVALID_ARGUMENT", "there are no sequences to learn from");
  return function* (cursor) {
    for (let epoch = Math.floor(cursor / length), at = cursor % length; epoch < epochs; epoch++, at = 0) {
      const order = shuffledOrder(length, seed, epoch);
      for (let i = at; i < length; i++) yield sequences[order[i]!]!;
    }
  };
}

// --- internal ---

/** A permutation that depends on its arguments only (Fisher and Yates, as in Knuth 3.4.2, algorithm P). */
function shuffledOrder(length: number, seed: number, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(uniform(seed, epoch * length + i) * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

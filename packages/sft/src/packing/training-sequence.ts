/** A sequence to learn from: a dialogue, a text, a piece of code. */
export interface TrainingSequence {
  /** `(tokens,)`. */
  readonly ids: ArrayLike<number>;
  /** `(tokens,)`: 1 where the token is to be learnt, 0 where it is only read. Default: all are learnt. */
  readonly lossMask?: ArrayLike<number> | undefined;
}

/** Sequences as they come: from memory, or read while they are needed. */
export type SequenceIterable = Iterable<TrainingSequence> | AsyncIterable<TrainingSequence>;

/**
 * Sequences that can be read again from any place: given `n`, it goes on behind the first n sequences, and gives what an
 * uninterrupted reading would give. That makes training resumable, so anything random in it has to be a function of a
 * seed and the place.
 */
export type SequenceSource = (cursor: number) => SequenceIterable;

/** How many tokens of a sequence are learnt: its first is never, as nothing comes before it. */
export function countLabels({ ids, lossMask }: TrainingSequence): number {
  if (lossMask === undefined) return Math.max(0, ids.length - 1);
  let count = 0;
  for (let i = 1; i < ids.length; i++) if (lossMask[i] === 1) count++;
  return count;
}

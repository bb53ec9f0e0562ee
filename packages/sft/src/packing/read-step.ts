import { type PackedBatch, packBatch } from "./pack-batch.ts";
import type { SequencePool } from "./sequence-pool.ts";
import type { TrainingSequence } from "./training-sequence.ts";

/** The batches of one step. */
export interface StepBatches {
  readonly batches: readonly PackedBatch[];
  readonly labels: number;
  readonly tokens: number;
  readonly sequences: number;
}

export interface StepSize {
  readonly rows: number;
  readonly tokens: number;
  /** Batches of a step. */
  readonly accumulate: number;
}

/** The next batches of a pool, fewer at its end; undefined where nothing is left. */
export async function readStep(
  pool: SequencePool,
  { rows, tokens, accumulate }: StepSize,
): Promise<StepBatches | undefined> {
  const batches: PackedBatch[] = [];
  while (batches.length < accumulate) {
    const members: (readonly TrainingSequence[])[] = [];
    while (members.length < rows) {
      const row = await pool.nextRow();
      if (row === undefined) break;
      members.push(row);
    }
    if (members.length > 0) batches.push(packBatch(members, { rows, tokens }));
    if (members.length < rows) break;
  }
  if (batches.length === 0) return undefined;
  const sum = (of: (batch: PackedBatch) => number): number => batches.reduce((total, batch) => total + of(batch), 0);
  return {
    batches,
    labels: sum(({ labels }) => labels.length),
    tokens: sum(({ usedTokens }) => usedTokens),
    sequences: sum(({ sequences }) => sequences),
  };
}

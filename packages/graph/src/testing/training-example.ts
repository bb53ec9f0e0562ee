import { PalaverError } from "@palaver/core";
import type { DecoderConfig } from "../decoder-config.ts";
import { referenceLogits } from "../reference/reference-logits.ts";
import { asCheckpoint, type FloatWeights } from "./random-model.ts";
import type { TrainingExample } from "./run-training.ts";

/**
 * A batch of two rows of 7 tokens: packed sequences of 4 and 2 tokens and padding, then one of 7; ids repeat. Five labels,
 * one of them without weight.
 */
export const smallExample: TrainingExample = {
  shape: { rows: 2, tokens: 7, labels: 5 },
  ids: [5, 9, 5, 2, 9, 5, 0, 1, 5, 5, 30, 2, 7, 9],
  positions: [0, 1, 2, 3, 0, 1, 0, 0, 1, 2, 3, 4, 5, 6],
  segments: [1, 1, 1, 1, 2, 2, 0, 1, 1, 1, 1, 1, 1, 1],
  labelRows: [12, 1, 4, 9, 3],
  labels: [9, 5, 5, 30, 17],
  labelWeights: [0.25, 0.25, 0.3, 0.2, 0],
};

/** The loss of a batch by the reference, in double precision. */
export async function referenceLoss(
  config: DecoderConfig,
  weights: FloatWeights,
  example: TrainingExample,
): Promise<number> {
  const { tokens } = example.shape;
  let loss = 0;
  for (const [index, row] of example.labelRows.entries()) {
    const weight = example.labelWeights[index]!;
    if (weight === 0) continue;
    const first = row - example.positions[row]!;
    if (Math.floor(first / tokens) !== Math.floor(row / tokens))
      throw new PalaverError("ERR_INVALID_ARGUMENT", `the sequence of position ${row} crosses rows`);
    const logits = (await referenceLogits(config, asCheckpoint(config, weights), example.ids.slice(first, row + 1))).at(
      -1,
    )!;
    const largest = Math.max(...logits);
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
    loss += weight * (largest + Math.log(total) - logits[example.labels[index]!]!);
  }
  return loss;
}

/** A batch of another size with the same ids over and over, one sequence a row, and the same labels. */
export function repeatedExample(
  { ids, labelRows, labels, labelWeights }: TrainingExample,
  { rows, tokens }: { readonly rows: number; readonly tokens: number },
): TrainingExample {
  const places = Array.from({ length: rows * tokens }, (_, i) => i);
  return {
    shape: { rows, tokens, labels: labels.length },
    ids: places.map((i) => ids[i % ids.length]!),
    positions: places.map((i) => i % tokens),
    segments: places.map(() => 1),
    labelRows,
    labels,
    labelWeights,
  };
}

import { PalaverError } from "@palaver/core";
import type { DecoderConfig } from "../decoder-config.ts";
import type { Tape, Value } from "./tape.ts";
import { type BatchShape, trainingValues } from "./training-graphs.ts";

/** Elements of the largest tensor that a graph may have: 2^31, above which its own sizes overflow in places. */
const MAX_ELEMENTS = 2 ** 31 - 1;

/** A batch's inputs. */
export interface TrainingBatch {
  readonly shape: BatchShape;
  readonly ids: Value;
  readonly positions: Value;
  readonly segments: Value;
  readonly labelRows: Value;
  readonly labels: Value;
  readonly labelWeights: Value;
}

/** Adds a batch's inputs. */
export function batchInputs(tape: Tape, shape: BatchShape): TrainingBatch {
  const { rows, tokens, labels } = shape;
  return {
    shape,
    ids: tape.input(trainingValues.ids, "int64", [rows, tokens]),
    positions: tape.input(trainingValues.positions, "int64", [rows, tokens]),
    segments: tape.input(trainingValues.segments, "int32", [rows, tokens]),
    labelRows: tape.input(trainingValues.labelRows, "int64", [labels]),
    labels: tape.input(trainingValues.labels, "int64", [labels]),
    labelWeights: tape.input(trainingValues.labelWeights, "float32", [labels]),
  };
}

/** Checks that a batch fits together and into the model. @throws ERR_INVALID_ARGUMENT */
export function checkBatchShape({ contextTokens, vocab, heads, ffn }: DecoderConfig, shape: BatchShape): void {
  const { rows, tokens, labels } = shape;
  for (const [name, value] of Object.entries({ rows, tokens, labels })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new PalaverError("ERR_INVALID_ARGUMENT", `${name} must be a positive integer, got ${value}`);
    }
  }
  if (tokens > contextTokens) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `tokens is ${tokens}, the model's context ${contextTokens}`);
  }
  if (labels > rows * tokens) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `labels is ${labels}, the batch has ${rows * tokens} positions`);
  }
  const largest = Math.max(rows * heads * tokens * tokens, labels * vocab, rows * tokens * ffn);
  if (largest > MAX_ELEMENTS) {
    throw new PalaverError(
      "ERR_INVALID_ARGUMENT",
      `a batch of ${rows} x ${tokens} with ${labels} labels needs a tensor of ${largest} elements, at most ${MAX_ELEMENTS} are possible: take fewer rows or labels`,
    );
  }
}

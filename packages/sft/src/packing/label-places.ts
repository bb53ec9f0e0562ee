import { PalaverError } from "@palaver/core";
import type { PackedBatch } from "./pack-batch.ts";

/** A batch's labels in a fixed number of places. */
export interface LabelPlaces {
  /** `(places,)`: no place twice. */
  readonly labelRows: BigInt64Array;
  /** `(places,)`. */
  readonly labels: BigInt64Array;
  /** `(places,)`: `weight` for labels, 0 for places left over. */
  readonly labelWeights: Float32Array;
}

/** Spreads a batch's labels over `places`; those left over take positions that predict nothing. @throws ERR_INVALID_ARGUMENT */
export function labelPlaces(batch: PackedBatch, places: number, weight: number): LabelPlaces {
  const count = batch.labels.length;
  if (count > places || places > batch.rows * batch.tokens) {
    throw new PalaverError(
      "ERR_INVALID_ARGUMENT",
      `${places} places do not hold ${count} labels of ${batch.rows} x ${batch.tokens} tokens`,
    );
  }
  const labelRows = new BigInt64Array(places);
  const labels = new BigInt64Array(places);
  for (let i = 0; i < count; i++) {
    labelRows[i] = BigInt(batch.labelRows[i]!);
    labels[i] = BigInt(batch.labels[i]!);
  }
  // Label rows ascend, so one walk finds the positions between them.
  for (let position = 0, taken = 0, i = count; i < places; position++) {
    if (batch.labelRows[taken] === position) taken++;
    else labelRows[i++] = BigInt(position);
  }
  return { labelRows, labels, labelWeights: new Float32Array(places).fill(weight, 0, count) };
}

/** The smallest of ascending sizes that holds `count`. @throws ERR_INVALID_ARGUMENT where none does */
export function chooseSize(sizes: readonly number[], count: number): number {
  const size = sizes.find((candidate) => candidate >= count);
  if (size !== undefined) return size;
  throw new PalaverError(
    "ERR_INVALID_ARGUMENT",
    `a batch has ${count} labels, the largest size is ${sizes.at(-1)}: add a larger one, rows * tokens at most`,
  );
}

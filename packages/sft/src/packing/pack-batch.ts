import { PalaverError } from "@palaver/core";
import { countLabels, type TrainingSequence } from "./training-sequence.ts";

/** One batch as the training graphs read it; arrays are row-major. */
export interface PackedBatch {
  readonly rows: number;
  /** Tokens of a row. */
  readonly tokens: number;
  /** `(rows, tokens)`; 0 in padding. */
  readonly ids: BigInt64Array;
  /** `(rows, tokens)`: places in their own sequence; 0 in padding. */
  readonly positions: BigInt64Array;
  /** `(rows, tokens)`: the sequence of a row that a token belongs to, from 1; 0 for padding. */
  readonly segments: Int32Array;
  /** `(labels,)`: `row * tokens + token` from where the label is predicted, ascending. */
  readonly labelRows: Int32Array;
  /** `(labels,)`: the token that comes next. */
  readonly labels: Int32Array;
  /** Tokens that are no padding. */
  readonly usedTokens: number;
  readonly sequences: number;
}

/**
 * Lays rows of whole sequences side by side: each sees itself only and counts its own positions, and the token at
 * t + 1 is a label at t where its mask is 1.
 * @throws ERR_INVALID_ARGUMENT for a row that is too long
 */
export function packBatch(
  sequences: readonly (readonly TrainingSequence[])[],
  { rows, tokens }: { readonly rows: number; readonly tokens: number },
): PackedBatch {
  const batch = {
    ids: new BigInt64Array(rows * tokens),
    positions: new BigInt64Array(rows * tokens),
    segments: new Int32Array(rows * tokens),
  };
  const count = sequences.flat().reduce((sum, sequence) => sum + countLabels(sequence), 0);
  const labelRows = new Int32Array(count);
  const labels = new Int32Array(count);
  let label = 0;
  let usedTokens = 0;
  for (const [row, members] of sequences.entries()) {
    const length = members.reduce((sum, { ids }) => sum + ids.length, 0);
    if (row >= rows || length > tokens) {
      throw new PalaverError(
        "ERR_INVALID_ARGUMENT",
        `row ${row} has ${length} tokens, there are ${rows} rows of ${tokens}`,
      );
    }
    let at = row * tokens;
    for (const [index, { ids, lossMask }] of members.entries()) {
      for (let i = 0; i < ids.length; i++, at++) {
        batch.ids[at] = BigInt(ids[i]!);
        batch.positions[at] = BigInt(i);
        batch.segments[at] = index + 1;
        if (i + 1 >= ids.length || (lossMask !== undefined && lossMask[i + 1] !== 1)) continue;
        labelRows[label] = at;
        labels[label++] = ids[i + 1]!;
      }
    }
    usedTokens += length;
  }
  return { rows, tokens, ...batch, labelRows, labels, usedTokens, sequences: sequences.flat().length };
}

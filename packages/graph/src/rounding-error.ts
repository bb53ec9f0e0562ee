import type { BlockForm, BlockRows } from "./block-matrix.ts";
import { blocksPerRow, codeBytesPerRow } from "./block-matrix.ts";
import type { RowForm } from "./weight-form.ts";
import type { WeightType } from "./weight-type.ts";

/** Sums over a tensor's elements. `sqrt(squaredError / squares)` is its relative RMS error. */
export interface RoundingError {
  /** Of the squared differences between the checkpoint's numbers and those that are stored for them. */
  squaredError: number;
  /** Of the squares of the checkpoint's numbers. */
  squares: number;
}

/** A tensor that was rounded when it was written: quantized, or from blocks of one grid to blocks of another. */
export interface RoundedTensor extends Readonly<RoundingError> {
  /** Its name in Hugging Face's way. */
  readonly tensor: string;
  /** Its type in the checkpoint. */
  readonly from: WeightType;
  /** How it is stored. */
  readonly form: BlockForm | RowForm;
}

/** Adds what rounding rows of `columns` elements to `blocks` lost. */
export function addRoundingError(
  sums: RoundingError,
  values: Float32Array,
  { codes, scales }: BlockRows,
  { columns, form }: { readonly columns: number; readonly form: BlockForm },
): void {
  const blocks = blocksPerRow(columns, form);
  const rowBytes = codeBytesPerRow(columns, form);
  let { squaredError, squares } = sums;
  for (let start = 0, i = 0; start < values.length; i++) {
    const row = Math.floor(i / blocks);
    const first = (i - row * blocks) * form.block;
    const length = Math.min(form.block, columns - first);
    const at = row * rowBytes + (first * form.bits) / 8;
    const scale = scales[i]!;
    const half = form.bits === 4 ? 1 : 0;
    const zero = half === 1 ? 8 : 128;
    const mask = 2 * zero - 1;
    for (let j = 0; j < length; j++) {
      const code = (codes[at + (j >> half)]! >> (4 * (j & half))) & mask;
      const value = values[start + j]!;
      const error = (code - zero) * scale - value;
      squaredError += error * error;
      squares += value * value;
    }
    start += length;
  }
  sums.squaredError = squaredError;
  sums.squares = squares;
}

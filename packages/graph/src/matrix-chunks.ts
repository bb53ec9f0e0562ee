/** Matrices as the bytes that a graph's constants hold, a few rows at a time. */

import { dequantize } from "@palaver/formats";
import {
  type BlockForm,
  type BlockRows,
  blocksPerRow,
  nativeBlockForm,
  quantizeRows,
  repackBlocks,
} from "./block-matrix.ts";
import type { Matrix } from "./checkpoint.ts";
import { bytesView } from "./graph-writer.ts";
import { addRoundingError, type RoundingError } from "./rounding-error.ts";
import type { RowForm } from "./weight-form.ts";

/** Elements in a chunk: 4 MB of float32, small beside any tensor worth streaming. */
const CHUNK_ELEMENTS = 1 << 20;

/** The matrix in float32. */
export function* floatChunks(matrix: Matrix): Generator<Uint8Array> {
  for (const rows of rowGroups(matrix)) yield bytesView(widen(rows));
}

/** Where the by-products of codes go. */
export interface CodeTargets {
  /** Takes the scales, from index `at` on. */
  readonly scales: Float32Array;
  readonly at: number;
  /** Counts what was lost, where anything is rounded. */
  readonly error: RoundingError;
}

/** The matrix's codes in block form. */
export function* codeChunks(
  matrix: Matrix,
  form: BlockForm,
  { scales, at, error }: CodeTargets,
): Generator<Uint8Array> {
  const keepsBlocks = isSameForm(nativeBlockForm(matrix.type), form);
  let next = at;
  for (const rows of rowGroups(matrix)) {
    const blocks =
      keepsBlocks && (rows.type === "Q4_0" || rows.type === "Q8_0")
        ? repackBlocks(rows.type, rows.bytes)
        : rounded(rows, form, error);
    scales.set(blocks.scales, next);
    next += rows.rows * blocksPerRow(rows.columns, form);
    yield blocks.codes;
  }
}

/** True for the same bits and block. */
export function isSameForm(a: BlockForm | RowForm | undefined, b: BlockForm | RowForm | undefined): boolean {
  return a?.bits === b?.bits && a?.block === b?.block;
}

// --- internal ---

function rounded(rows: Matrix, form: BlockForm, error: RoundingError): BlockRows {
  const values = widen(rows);
  const blocks = quantizeRows(values, rows.columns, form);
  addRoundingError(error, values, blocks, { columns: rows.columns, form });
  return blocks;
}

function* rowGroups(matrix: Matrix): Generator<Matrix> {
  const rowBytes = matrix.bytes.byteLength / matrix.rows;
  const step = Math.max(1, Math.floor(CHUNK_ELEMENTS / matrix.columns));
  for (let row = 0; row < matrix.rows; row += step) {
    const rows = Math.min(step, matrix.rows - row);
    yield { ...matrix, rows, bytes: matrix.bytes.subarray(row * rowBytes, (row + rows) * rowBytes) };
  }
}

function widen(matrix: Matrix): Float32Array {
  return dequantize(matrix.type, matrix.bytes, matrix.rows * matrix.columns);
}

import { dequantize } from "@palaver/formats";
import type { Matrix } from "./checkpoint.ts";
import { type HeadLayout, isUnpadded, paddedIndex } from "./head-layout.ts";

/** A matrix whose rows are heads, with zero rows where the layout pads. Rows of quantized blocks move whole. */
export function padHeadRows(matrix: Matrix, layout: HeadLayout): Matrix {
  if (isUnpadded(layout)) return matrix;
  const rowBytes = matrix.bytes.byteLength / matrix.rows;
  const rows = (matrix.rows / layout.headDim) * layout.paddedDim;
  // Zero bytes are zeros in every weight type: a block's scale is then 0.
  const bytes = new Uint8Array(rows * rowBytes);
  for (let row = 0; row < matrix.rows; row++) {
    bytes.set(matrix.bytes.subarray(row * rowBytes, (row + 1) * rowBytes), paddedIndex(layout, row) * rowBytes);
  }
  return { ...matrix, rows, bytes };
}

/** A matrix whose columns are heads, with zero columns where the layout pads. It becomes float32: blocks do not stretch. */
export function padHeadColumns(matrix: Matrix, layout: HeadLayout): Matrix {
  if (isUnpadded(layout)) return matrix;
  const columns = (matrix.columns / layout.headDim) * layout.paddedDim;
  const rowBytes = matrix.bytes.byteLength / matrix.rows;
  const padded = new Float32Array(matrix.rows * columns);
  for (let index = 0; index < matrix.rows; index++) {
    const row = dequantize(
      matrix.type,
      matrix.bytes.subarray(index * rowBytes, (index + 1) * rowBytes),
      matrix.columns,
    );
    for (let column = 0; column < row.length; column++) {
      padded[index * columns + paddedIndex(layout, column)] = row[column]!;
    }
  }
  return { type: "F32", rows: matrix.rows, columns, bytes: new Uint8Array(padded.buffer) };
}

/** A vector of heads, with zeros where the layout pads. */
export function padHeads(values: Float32Array, layout: HeadLayout): Float32Array {
  if (isUnpadded(layout)) return values;
  const padded = new Float32Array((values.length / layout.headDim) * layout.paddedDim);
  for (let index = 0; index < values.length; index++) padded[paddedIndex(layout, index)] = values[index]!;
  return padded;
}

/**
 * Matrices in int8 with one scale for each row: an element is `code * scale`. They are stored transposed, as
 * `MatMulIntegerToFloat` takes them, so that a matrix's rows are the product's columns.
 */

import { dequantize } from "@palaver/formats";
import type { Matrix } from "./checkpoint.ts";
import type { RoundingError } from "./rounding-error.ts";

/**
 * The largest code. Processors with AVX2 alone add two products of a byte and a code in 16 bits, and stop at 32,767:
 * 2 * 255 * 63 stays below, 2 * 255 * 127 does not (https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html, "reduce range").
 */
export const MAX_CODE = 63;

/** Codes `(columns, width)` and scales `(width)` of a matrix of `width` rows. */
export interface Int8Matrix {
  readonly width: number;
  readonly codes: Int8Array;
  readonly scales: Float32Array;
}

/** A matrix of zeros. */
export function int8Matrix(width: number, columns: number): Int8Matrix {
  return { width, codes: new Int8Array(width * columns), scales: new Float32Array(width) };
}

/**
 * Rounds a checkpoint's rows into rows `at` and on; the element of largest magnitude in each becomes `MAX_CODE`. Gives what
 * was lost.
 */
export function fillInt8Rows({ width, codes, scales }: Int8Matrix, matrix: Matrix, at: number): RoundingError {
  const { rows, columns, type } = matrix;
  const rowBytes = matrix.bytes.byteLength / rows;
  let squaredError = 0;
  let squares = 0;
  for (let row = 0; row < rows; row++) {
    const values = dequantize(type, matrix.bytes.subarray(row * rowBytes, (row + 1) * rowBytes), columns);
    let largest = 0;
    for (const value of values) largest = Math.max(largest, Math.abs(value));
    if (largest === 0) continue;
    const scale = Math.fround(largest / MAX_CODE);
    scales[at + row] = scale;
    for (let column = 0; column < columns; column++) {
      const value = values[column]!;
      const code = Math.round(value / scale);
      codes[column * width + at + row] = code;
      squaredError += (code * scale - value) ** 2;
      squares += value * value;
    }
  }
  return { squaredError, squares };
}

/** The numbers that the codes stand for, `(width, columns)`. */
export function widenInt8({ width, codes, scales }: Int8Matrix): Float32Array {
  const columns = codes.length / width;
  return Float32Array.from(codes, (_, i) => {
    const row = Math.floor(i / columns);
    return codes[(i - row * columns) * width + row]! * scales[row]!;
  });
}

/**
 * Products in int8, `y = x W^T` with a scale for each row of `x` and of `W`. A row of `x` is rounded by its own largest
 * element alone and the sums are integers, so a row's result has the same bits whatever other rows a step has.
 */

import { bytesView, type GraphWriter } from "./graph-writer.ts";

/** A product's input, rounded. */
export interface Int8Rows {
  /** uint8 `(rows, columns)`: 128 is zero, 255 the row's largest magnitude. */
  readonly codes: string;
  /** float32 `(rows, 1)`: that magnitude. */
  readonly range: string;
}

/** Weights among a graph's constants. */
export interface Int8Weights {
  /** int8 `(columns, width)` */
  readonly codes: string;
  /** float32 `(width)` */
  readonly scales: string;
}

/** Adds the constants that all products share. */
export function writeInt8Constants(graph: GraphWriter): void {
  graph.constant(UNIT, "float32", [], bytesView(Float32Array.of(1 / MAX_ROW_CODE)));
  graph.constant(ROW_ZERO, "uint8", [], Uint8Array.of(128));
  graph.constant(WEIGHT_ZERO, "int8", [], new Uint8Array(1));
}

/**
 * Adds the rounding of `input`'s rows. A row of zeros has the range 0, and codes of no meaning, which that range turns
 * into zeros again.
 */
export function writeInt8Rows(graph: GraphWriter, input: string): Int8Rows {
  const at = `${input}.int8`;
  graph.node("Abs", [input], [`${at}.abs`]);
  graph.node("ReduceMax", [`${at}.abs`], [`${at}.range`], { axes: [-1], keepdims: 1 });
  graph.node("Div", [input, `${at}.range`], [`${at}.unit`]);
  graph.node("QuantizeLinear", [`${at}.unit`, UNIT, ROW_ZERO], [`${at}.codes`]);
  return { codes: `${at}.codes`, range: `${at}.range` };
}

/** Adds the product. */
export function writeInt8Product(graph: GraphWriter, rows: Int8Rows, weights: Int8Weights, output: string): void {
  graph.node(
    "microsoft:MatMulIntegerToFloat",
    [rows.codes, weights.codes, UNIT, weights.scales, ROW_ZERO, WEIGHT_ZERO],
    [`${output}.unit`],
  );
  graph.node("Mul", [`${output}.unit`, rows.range], [output]);
}

// --- internal ---

const UNIT = "int8.unit";
const ROW_ZERO = "int8.row_zero";
const WEIGHT_ZERO = "int8.weight_zero";

const MAX_ROW_CODE = 127;

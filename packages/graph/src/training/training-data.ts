import { type BlockRows, quantizeRows, repackBlocks } from "../block-matrix.ts";
import { Checkpoint, type Matrix } from "../checkpoint.ts";
import { requireFinite } from "../not-finite.ts";
import type { Weights } from "../weights.ts";
import { BLOCK } from "./block-product.ts";
import { widened } from "./merged-weights.ts";
import type { TrainingParameter } from "./training-graphs.ts";

/**
 * The elements of a training graph's tensor from a checkpoint: floats widened to float32, matrices in blocks rounded to
 * them (Q4_0 blocks as they are).
 * @throws ERR_NOT_FOUND for a tensor that the checkpoint lacks, as it does low-rank changes; ERR_FORMAT, also for elements
 * to be rounded that are not finite; ERR_IO
 */
export async function trainingData(
  weights: Weights,
  { name, shape, type = "float32" }: TrainingParameter,
): Promise<Float32Array | Uint8Array> {
  const checkpoint = new Checkpoint(weights, {});
  const part = type === "uint8" ? "codes" : SCALES.test(name) ? "scales" : undefined;
  if (part === undefined) {
    if (shape.length === 1) return checkpoint.vector(name, shape[0]!);
    return widened(await checkpoint.matrix(name, shape[0]!, shape[1]!));
  }
  const [rows, blocks] = shape as [number, number];
  const tensor = `${name.slice(0, name.lastIndexOf("."))}.weight`;
  return inBlocks(tensor, await checkpoint.matrix(tensor, rows, blocks * BLOCK))[part];
}

// --- internal ---

const SCALES = /_proj\.scales$/;

function inBlocks(tensor: string, matrix: Matrix): BlockRows {
  if (matrix.type === "Q4_0") return repackBlocks(matrix.type, matrix.bytes);
  const values = widened(matrix);
  requireFinite(tensor, values);
  return quantizeRows(values, matrix.columns, { bits: 4, block: BLOCK });
}

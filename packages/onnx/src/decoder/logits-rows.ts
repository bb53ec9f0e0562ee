import { PalaverError, type RuntimeTensor } from "@palaver/core";
import { float16ToFloat32 } from "@palaver/formats";

/**
 * Rows `[first, first + count)` of a logits tensor `(..., vocab)` as floats that the caller owns.
 * @throws ERR_RUNTIME if one is not finite: whatever follows from it would be noise; ERR_UNSUPPORTED for other types
 */
export function logitsRows(tensor: RuntimeTensor, vocabSize: number, first: number, count: number): Float32Array {
  const rows = copyFloats(tensor, first * vocabSize, (first + count) * vocabSize);
  for (let i = 0; i < rows.length; i++) {
    if (Number.isFinite(rows[i])) continue;
    const message = `the model gave the logit ${rows[i]} for token ${i % vocabSize}: its weights or its runtime are broken`;
    throw new PalaverError("ERR_RUNTIME", message, {
      details: { token: i % vocabSize, row: Math.floor(i / vocabSize) },
    });
  }
  return rows;
}

// --- internal ---

function copyFloats(tensor: RuntimeTensor, start: number, end: number): Float32Array {
  const { data } = tensor;
  if (tensor.type === "float32" && data instanceof Float32Array) return data.slice(start, end);
  if (tensor.type === "float16" && data instanceof Uint16Array) return float16ToFloat32(data.subarray(start, end));
  throw new PalaverError("ERR_UNSUPPORTED", `logits are ${tensor.type}, expected float32 or float16`);
}

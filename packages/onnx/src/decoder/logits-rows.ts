import { PalaverError, type RuntimeTensor } from "@palaver/core";
import { float16ToFloat32 } from "@palaver/formats";
import { DriverTensor } from "../driver-tensor.ts";

/** Which rows of a logits tensor, `(..., vocab)`. */
export interface LogitsRange {
  readonly vocabSize: number;
  readonly first: number;
  readonly count: number;
  /** Takes the numbers, if it has just their length; the caller's. Default: a new array. */
  readonly into?: Float32Array | undefined;
}

/**
 * Rows `[first, first + count)` of a logits tensor as floats that the caller owns.
 * @throws ERR_RUNTIME if one is not finite: whatever follows from it would be noise; ERR_UNSUPPORTED for other types
 */
export function logitsRows(tensor: RuntimeTensor, { vocabSize, first, count, into }: LogitsRange): Float32Array {
  const rows = copyFloats(tensor, first * vocabSize, (first + count) * vocabSize, into);
  if (isAllFinite(rows)) return rows;
  const i = rows.findIndex((logit) => !Number.isFinite(logit));
  const message = `the model gave the logit ${rows[i]} for token ${i % vocabSize}: its weights or its runtime are broken`;
  throw new PalaverError("ERR_RUNTIME", message, {
    details: { token: i % vocabSize, row: Math.floor(i / vocabSize) },
  });
}

// --- internal ---

/**
 * Adds all numbers up. Sums are 64-bit, so 32-bit floats never overflow them, and one that is infinite or missing leaves a sum
 * that is so too. In a tree of eight, since a chain of additions waits for each: 19 us for 49,152 logits; by their bits, one by one, 62.
 */
function isAllFinite(values: Float32Array): boolean {
  const whole = values.length - (values.length % 8);
  let sum = 0;
  let i = 0;
  for (; i < whole; i += 8) {
    const first = values[i]! + values[i + 1]! + (values[i + 2]! + values[i + 3]!);
    const second = values[i + 4]! + values[i + 5]! + (values[i + 6]! + values[i + 7]!);
    sum += first + second;
  }
  for (; i < values.length; i++) sum += values[i]!;
  return Number.isFinite(sum);
}

function copyFloats(tensor: RuntimeTensor, start: number, end: number, into: Float32Array | undefined): Float32Array {
  switch (tensor.type) {
    case "float32":
      return filled(into?.length === end - start ? into : new Float32Array(end - start), tensor, start);
    case "float16":
      return float16ToFloat32(filled(new Uint16Array(end - start), tensor, start));
    default:
      throw new PalaverError("ERR_UNSUPPORTED", `logits are ${tensor.type}, expected float32 or float16`);
  }
}

/** `target` with elements of the tensor, of which a large one need not be moved for a row. */
function filled<T extends Float32Array | Uint16Array>(target: T, tensor: RuntimeTensor, start: number): T {
  if (tensor instanceof DriverTensor) tensor.copyTo(target, start);
  // `slice` of a resizable buffer goes element by element; the type tells that these are numbers and no bigints.
  else target.set((tensor.data as T).subarray(start, start + target.length));
  return target;
}

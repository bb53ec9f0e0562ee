/**
 * Tensor memory is always JavaScript's own. So a view that someone kept can never point at freed memory: after
 * `free` it is empty. Large blocks are resizable buffers, because shrinking one to nothing gives its pages back
 * without waiting for the garbage collector; they start as untouched zero pages.
 *
 * C holds addresses of it, so a buffer is marked as one that cannot be transferred to another thread. Nothing keeps a
 * caller from resizing it: that takes the memory from under a run that is under way.
 */

import { markAsUntransferable } from "node:worker_threads";
import { PalaverError, type TensorData, type TensorType } from "@palaver/core";
import { giveBack } from "./give-back.ts";
import { TENSOR_TYPES } from "./tensor-type.ts";

// Below this the collector may take its time: many small tensors would each cost whole pages and a mapping.
const MIN_RESIZABLE_BYTES = 64 * 1024;

// ONNX Runtime wants a pointer for empty tensors too, and its kernels read whole vector registers.
const MIN_BYTES = 64;

// Resizable buffers begin at a page, and a large ordinary array often 16 bytes behind the beginning of one. Copied from the one to the
// other each load looks to the processor like a store just made: a step's row of 49,152 logits takes 126 us in place of 47 (Zen 3).
// So large blocks begin in the middle of their first page; kernels want no more than whole cache lines.
const LARGE_OFFSET = 2048;

// No operator of the graphs here goes beyond 6; ONNX itself has no limit.
const MAX_RANK = 16;

/** A block of memory for one tensor. */
export interface TensorMemory {
  /** The elements. Of length 0 once the memory is freed, unless the block was small. */
  readonly data: TensorData;
  /** The same memory, never empty: for taking its address. */
  readonly bytes: Uint8Array;
  free(): void;
}

/** Elements of a tensor of this shape. @throws ERR_INVALID_ARGUMENT, ERR_LIMIT beyond 2^53 */
export function shapeSize(shape: readonly number[]): number {
  if (shape.length > MAX_RANK) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `a tensor has at most ${MAX_RANK} dimensions, got ${shape.length}`);
  }
  for (const dimension of shape) {
    if (!Number.isSafeInteger(dimension) || dimension < 0) {
      throw new PalaverError("ERR_INVALID_ARGUMENT", `shape (${shape}) has the dimension ${dimension}`);
    }
  }
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (!Number.isSafeInteger(size)) throw tooLarge(shape, undefined);
  return size;
}

/** Zeroed memory for a tensor. @throws ERR_INVALID_ARGUMENT, ERR_LIMIT */
export function allocateTensor(type: TensorType, shape: readonly number[]): TensorMemory {
  const { array } = TENSOR_TYPES[type];
  const length = shapeSize(shape);
  try {
    const buffer = allocate(length * array.BYTES_PER_ELEMENT);
    const offset = buffer.resizable ? LARGE_OFFSET : 0;
    return {
      data: new array(buffer, offset, length),
      bytes: new Uint8Array(buffer, offset),
      free: () => {
        if (buffer.resizable && buffer.byteLength > 0) giveBack(buffer); // a detached buffer cannot be resized
      },
    };
  } catch (cause) {
    throw tooLarge(shape, cause); // the engine's RangeError says only that it failed
  }
}

// --- internal ---

function allocate(byteLength: number): ArrayBuffer {
  const withOffset = LARGE_OFFSET + byteLength;
  const buffer =
    byteLength < MIN_RESIZABLE_BYTES
      ? new ArrayBuffer(Math.max(byteLength, MIN_BYTES))
      : new ArrayBuffer(withOffset, { maxByteLength: withOffset });
  markAsUntransferable(buffer);
  return buffer;
}

function tooLarge(shape: readonly number[], cause: unknown): PalaverError {
  return new PalaverError("ERR_LIMIT", `a tensor of shape (${shape}) does not fit in memory`, {
    cause,
    details: { shape },
  });
}

import { PalaverError, type RuntimeTensor, type TensorData, type TensorType, type ValueInfo } from "@palaver/core";
import { TENSOR_TYPES } from "../tensor-type.ts";

/** One of a graph's caches: which input and output it is, and its shape but for the number of positions. */
export interface CacheLayout {
  readonly past: string;
  readonly present: string;
  readonly type: TensorType;
  /** Elements of one position in front of the position axis, and behind it: `(outer, positions, inner)`. */
  readonly outer: number;
  readonly inner: number;
  /** The whole shape for a number of positions, batch 1. */
  shape(positions: number): number[];
}

/** Sizes that a graph may leave open. */
export interface HeadSizes {
  readonly kvHeads?: number;
  readonly headDim?: number;
}

/**
 * The layout of a cache input: `(batch, kvHeads, positions, headDim)`, or keys and values stacked in front of it,
 * `(2, batch, kvHeads, positions, headDim)`. @throws ERR_UNSUPPORTED, ERR_INVALID_ARGUMENT where a size is not known
 */
export function cacheLayout(input: ValueInfo, present: string, { kvHeads, headDim }: HeadSizes): CacheLayout {
  const stacked = input.shape.length === 5 && input.shape[0] === 2;
  if (input.shape.length !== 4 && !stacked) {
    const message = `cache ${input.name} is (${input.shape}), expected (batch, kvHeads, positions, headDim)`;
    throw new PalaverError("ERR_UNSUPPORTED", message);
  }
  const [heads, , dim] = input.shape.slice(stacked ? 2 : 1);
  const headCount = knownSize(heads, kvHeads, `${input.name}: the number of heads`, "kvHeads");
  const headSize = knownSize(dim, headDim, `${input.name}: the size of a head`, "headDim");
  return {
    past: input.name,
    present,
    type: input.type,
    outer: (stacked ? 2 : 1) * headCount,
    inner: headSize,
    shape: (positions) => (stacked ? [2, 1, headCount, positions, headSize] : [1, headCount, positions, headSize]),
  };
}

/** Bytes that one position takes in all these caches. */
export function bytesPerPosition(layouts: readonly CacheLayout[]): number {
  return layouts.reduce((sum, { type, outer, inner }) => {
    return sum + outer * inner * TENSOR_TYPES[type].array.BYTES_PER_ELEMENT;
  }, 0);
}

/** Positions from one on, up to another. */
export interface PositionRange {
  readonly from: number;
  readonly to: number;
}

/** Copies positions from one cache tensor to the same places of another, which may have another number of positions. */
export function copyPositions(
  { outer, inner, type }: CacheLayout,
  source: RuntimeTensor,
  target: RuntimeTensor,
  range: PositionRange,
): void {
  const read = asBytes(source.data);
  const written = asBytes(target.data);
  const readStride = read.length / outer;
  const writtenStride = written.length / outer;
  const bytes = inner * TENSOR_TYPES[type].array.BYTES_PER_ELEMENT;
  for (let row = 0; row < outer; row++) {
    const start = row * readStride;
    const part = read.subarray(start + range.from * bytes, start + range.to * bytes);
    written.set(part, row * writtenStride + range.from * bytes);
  }
}

// --- internal ---

function knownSize(size: number | string | undefined, given: number | undefined, what: string, option: string): number {
  if (typeof size === "number") return size;
  if (given !== undefined) return given;
  throw new PalaverError("ERR_INVALID_ARGUMENT", `${what} is open in the graph: give ${option}`);
}

function asBytes(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * Where the elements of a head lie in the graph. ONNX Runtime's rotary attention takes heads of a multiple of 16 only;
 * smaller ones are padded with zeros, half by half, so that element `d` and its rotary partner `d + headDim / 2` stay
 * partners. Zeros add nothing to a product of queries and keys, nor to a value.
 */

const HEAD_STEP = 16;

/** A head's size in the checkpoint and in the graph. */
export interface HeadLayout {
  readonly headDim: number;
  readonly paddedDim: number;
}

/** The layout of heads of this size. */
export function headLayout(headDim: number): HeadLayout {
  return { headDim, paddedDim: Math.ceil(headDim / HEAD_STEP) * HEAD_STEP };
}

/** True where a head lies in the graph as it lies in the checkpoint. */
export function isUnpadded({ headDim, paddedDim }: HeadLayout): boolean {
  return headDim === paddedDim;
}

/** The place in the graph of element `index` of a row of whole heads. */
export function paddedIndex({ headDim, paddedDim }: HeadLayout, index: number): number {
  const head = Math.floor(index / headDim);
  const element = index - head * headDim;
  const half = headDim / 2;
  return head * paddedDim + (element < half ? element : paddedDim / 2 + element - half);
}

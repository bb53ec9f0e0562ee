/**
 * Where the elements of a head lie in the graph. ONNX Runtime's rotary attention takes heads of a multiple of 16 only;
 * smaller ones are padded with zeros. Where the whole head turns they are padded half by half, so that element `d` and
 * its rotary partner `d + headDim / 2` stay partners; where its first elements turn, at the end.
 * Zeros add nothing to a product of queries and keys, nor to a value.
 */

import { PalaverError } from "@palaver/core";

const HEAD_STEP = 16;

/** A head's size in the checkpoint and in the graph. */
export interface HeadLayout {
  readonly headDim: number;
  readonly paddedDim: number;
  /** Elements that turn; `headDim` where all do. */
  readonly rotaryDim: number;
}

/** The layout of heads of this size. @throws ERR_UNSUPPORTED for a part that turns and is no multiple of 16 */
export function headLayout(headDim: number, rotaryDim: number = headDim): HeadLayout {
  if (rotaryDim < headDim && rotaryDim % HEAD_STEP !== 0) {
    throw new PalaverError(
      "ERR_UNSUPPORTED",
      `rotary positions on ${rotaryDim} of a head's ${headDim} elements are not supported: it must be a multiple of ${HEAD_STEP}`,
    );
  }
  return { headDim, paddedDim: Math.ceil(headDim / HEAD_STEP) * HEAD_STEP, rotaryDim };
}

/** True where a head lies in the graph as it lies in the checkpoint. */
export function isUnpadded({ headDim, paddedDim }: HeadLayout): boolean {
  return headDim === paddedDim;
}

/** Columns of the rotary tables. */
export function rotaryWidth({ headDim, paddedDim, rotaryDim }: HeadLayout): number {
  return (rotaryDim < headDim ? rotaryDim : paddedDim) / 2;
}

/** The place in the graph of element `index` of a row of whole heads. */
export function paddedIndex({ headDim, paddedDim, rotaryDim }: HeadLayout, index: number): number {
  const head = Math.floor(index / headDim);
  const element = index - head * headDim;
  const half = headDim / 2;
  const inPlace = rotaryDim < headDim || element < half;
  return head * paddedDim + (inPlace ? element : paddedDim / 2 + element - half);
}

/** The element with which element `index` of a head in the graph turns; undefined for one that stays. */
export function rotaryPartner(layout: HeadLayout, index: number): number | undefined {
  const width = rotaryWidth(layout);
  if (index >= 2 * width) return undefined;
  return index < width ? index + width : index - width;
}

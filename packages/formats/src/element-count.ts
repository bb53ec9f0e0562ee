/** Elements of a tensor of this shape; undefined where a dimension is no natural number or the product passes 2^53 - 1. */
export function elementCount(shape: readonly number[]): number | undefined {
  let count = 1;
  for (const dimension of shape) {
    if (!Number.isSafeInteger(dimension) || dimension < 0) return undefined;
    count *= dimension;
    // Checked at each step: a later zero must not hide an overflow.
    if (count > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return count;
}

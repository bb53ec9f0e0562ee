/** Elements of a tensor of this shape; undefined where a dimension is no natural number or the product passes 2^53 - 1. */
export function elementCount(shape: readonly number[]): number | undefined {
  let product = 1;
  let isEmpty = false;
  for (const dimension of shape) {
    if (!Number.isSafeInteger(dimension) || dimension < 0) return undefined;
    // A zero must not hide that the others overflow, in whatever order they come.
    if (dimension === 0) isEmpty = true;
    else product *= dimension;
    if (product > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return isEmpty ? 0 : product;
}

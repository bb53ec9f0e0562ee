/** The indices that `[start:stop:step]` takes from `length` items, by Python's rules. `step` is not 0. */
export function sliceIndices(length: number, start?: number, stop?: number, step = 1): number[] {
  const [first, last] = sliceBounds(length, start, stop, step);
  const indices: number[] = [];
  for (let index = first; step > 0 ? index < last : index > last; index += step) indices.push(index);
  return indices;
}

/** The first index and the one to stop before. */
export function sliceBounds(length: number, start?: number, stop?: number, step = 1): [number, number] {
  const low = step > 0 ? 0 : -1;
  const high = step > 0 ? length : length - 1;
  const bound = (value: number | undefined, fallback: number): number => {
    if (value === undefined) return fallback;
    return Math.min(Math.max(value < 0 ? value + length : value, low), high);
  };
  return [bound(start, step > 0 ? low : high), bound(stop, step > 0 ? high : low)];
}

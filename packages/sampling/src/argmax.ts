/** The index of the largest value; of equal ones the first. */
export function argmax(values: Float32Array): number {
  let best = 0;
  let max = values[0] ?? Number.NEGATIVE_INFINITY;
  for (let i = 1; i < values.length; i++) {
    if (values[i]! > max) {
      max = values[i]!;
      best = i;
    }
  }
  return best;
}

/**
 * The `k` largest of many values without sorting them: a heap of the best so far, its worst on top. Almost every value
 * of a vocabulary fails the one comparison with that top, so the cost is about one pass.
 */

/** The indices of the `k` largest values, ascending; of equal values the first ones. `-Infinity` is never among them. */
export function selectTop(values: Float32Array, k: number): Uint32Array {
  const heap = new Uint32Array(Math.min(k, values.length));
  if (heap.length === 0) return heap;
  let size = 0;
  let worst = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (size < heap.length) {
      if (value === Number.NEGATIVE_INFINITY) continue;
      heap[size] = i;
      siftUp(heap, size++, values);
    } else if (value > worst) {
      heap[0] = i;
      siftDown(heap, values);
    } else continue;
    if (size === heap.length) worst = values[heap[0]!] ?? worst;
  }
  return heap.subarray(0, size).sort();
}

// --- internal ---

/** True if index `a` must leave before index `b`: smaller value, or equal value and later place. */
function isWorse(a: number, b: number, values: Float32Array): boolean {
  const valueA = values[a]!;
  const valueB = values[b]!;
  return valueA < valueB || (valueA === valueB && a > b);
}

/** Puts the heap in order after its last element, at `i`, was added. */
function siftUp(heap: Uint32Array, i: number, values: Float32Array): void {
  const moved = heap[i]!;
  let place = i;
  while (place > 0) {
    const parent = (place - 1) >> 1;
    if (!isWorse(moved, heap[parent]!, values)) break;
    heap[place] = heap[parent]!;
    place = parent;
  }
  heap[place] = moved;
}

/** Puts the heap in order after its top was replaced. */
function siftDown(heap: Uint32Array, values: Float32Array): void {
  const moved = heap[0]!;
  let place = 0;
  for (;;) {
    let child = 2 * place + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isWorse(heap[child + 1]!, heap[child]!, values)) child++;
    if (!isWorse(heap[child]!, moved, values)) break;
    heap[place] = heap[child]!;
    place = child;
  }
  heap[place] = moved;
}

/** The neighbours of 32-bit numbers, which turn borders between them into borders that are among them. */

/** The largest finite 32-bit number. */
export const LARGEST = (2 - 2 ** -23) * 2 ** 127;

/** The smallest 32-bit number that is `x` or more. */
export function roundUp(x: number): number {
  const rounded = Math.fround(x);
  return rounded < x ? following(rounded) : rounded;
}

/** The largest 32-bit number that is `x` or less. */
export function roundDown(x: number): number {
  return -roundUp(-x);
}

/** The next larger 32-bit number. */
export function following(x: number): number {
  return floatAt(orderOf(x) + 1);
}

/** The smallest finite 32-bit number for which `holds` is true; it holds for all larger ones too. `Infinity` if for none. */
export function smallestWhere(holds: (x: number) => boolean): number {
  let low = orderOf(-LARGEST);
  let high = orderOf(LARGEST) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(floatAt(middle))) high = middle;
    else low = middle + 1;
  }
  return floatAt(low);
}

// --- internal ---

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The place of a number among all: bits of positive ones are in their order, those of negative ones in the reverse. */
function orderOf(x: number): number {
  float[0] = x;
  return bits[0]! < 0 ? -(bits[0]! & 0x7fffffff) : bits[0]!;
}

function floatAt(order: number): number {
  bits[0] = order < 0 ? -order | 0x80000000 : order;
  return float[0]!;
}

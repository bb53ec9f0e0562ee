/**
 * Philox4x32-10, a counter-based random generator: four random words are a pure function of a counter and a key, so
 * the draw for one position needs no state and no draw before it.
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011 (Random123).
 */

/** Four words of 32 bits. */
export type Words4 = readonly [number, number, number, number];

const ROUNDS = 10; // the paper's safety margin: 7 rounds already pass BigCrush

// Multipliers and Weyl increments of the paper, section 4.3.
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

/** The four random words, unsigned, that belong to a counter under a key. */
export function philox(counter: Words4, key: readonly [number, number]): Words4 {
  let [a, b, c, d] = counter;
  let [key0, key1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, a);
    const low0 = Math.imul(MULTIPLIER_0, a);
    const high1 = multiplyHigh(MULTIPLIER_1, c);
    const low1 = Math.imul(MULTIPLIER_1, c);
    [a, b, c, d] = [high1 ^ b ^ key0, low1, high0 ^ d ^ key1, low0];
    key0 = (key0 + WEYL_0) | 0;
    key1 = (key1 + WEYL_1) | 0;
  }
  return [a >>> 0, b >>> 0, c >>> 0, d >>> 0];
}

// --- internal ---

/** The upper 32 bits of the product of two unsigned words, by halves of 16 bits. */
function multiplyHigh(x: number, y: number): number {
  const xLow = x & 0xffff;
  const xHigh = x >>> 16;
  const yLow = y & 0xffff;
  const yHigh = y >>> 16;
  const low = xLow * yLow;
  const middle1 = xHigh * yLow + (low >>> 16);
  const middle2 = xLow * yHigh + (middle1 & 0xffff);
  return (xHigh * yHigh + Math.floor(middle1 / 0x10000) + Math.floor(middle2 / 0x10000)) | 0;
}

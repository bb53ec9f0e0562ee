import { philox } from "./philox.ts";

/**
 * A number in [0, 1) with 53 random bits for one position of a seeded sequence. It depends on `seed` and `position`
 * (both safe integers) only: the same alone, in a batch, after a cache hit and after a fork. Numbers of different
 * `stream` (32 bits, default 0) are independent, for a position that needs more than one.
 */
export function uniform(seed: number, position: number, stream = 0): number {
  const [a, b] = philox([low(position), high(position), stream, 0], [low(seed), high(seed)]);
  return ((a >>> 5) * 0x4000000 + (b >>> 6)) / 0x20000000000000;
}

// --- internal ---

// A safe integer has 53 bits: bit operations see the lower 32, the rest is the quotient.
function low(value: number): number {
  return value | 0;
}

function high(value: number): number {
  return Math.floor(value / 0x100000000) | 0;
}

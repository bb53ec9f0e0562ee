import { philox } from "./philox.ts";

/**
 * A number in [0, 1) with 53 random bits for one position of a seeded sequence. It depends on `seed` and `position`
 * (both safe integers) only: the same alone, in a batch, after a cache hit and after a fork.
 */
export function uniform(seed: number, position: number): number {
  const [a, b] = philox([low(position), high(position), 0, 0], [low(seed), high(seed)]);
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

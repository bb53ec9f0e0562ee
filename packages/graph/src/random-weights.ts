/**
 * Weights drawn at random: a decoder of a description's exact shape without its checkpoint. What it answers means
 * nothing, but every operation has its true size, so time and memory are those of the model.
 */

import type { DecoderConfig } from "./decoder-config.ts";
import { weightShapes } from "./weight-shapes.ts";
import type { WeightInfo, Weights } from "./weights.ts";

/** 1 as bfloat16. */
const ONE = 0x3f80;

/** A uniform number of [-1, 1) has this standard deviation. */
const UNIFORM_SPREAD = 1 / Math.sqrt(3);

/** FNV-1a's start and factor (http://www.isthe.com/chongo/tech/comp/fnv/): a name becomes 32 bits. */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * A source of random bfloat16 weights for a description, made one tensor at a time as they are read. A tensor depends
 * on the seed and its own name only. Norms multiply by 1, and matrices keep the size of what they multiply, so that numbers
 * neither vanish nor explode over many layers.
 */
export function randomWeights(config: DecoderConfig, seed: number): Weights {
  const tensors = new Map<string, WeightInfo>();
  for (const [name, shape] of weightShapes(config)) tensors.set(name, { type: "BF16", shape });
  return {
    tensors,
    read: async (name) => {
      const shape = tensors.get(name)?.shape ?? [];
      const values = new Uint16Array(shape.reduce((product, size) => product * size, 1));
      if (name.includes("norm")) values.fill(config.normOffset === 1 ? 0 : ONE);
      else fillUniform(values, { seed: hash(seed, name), limit: 1 / (UNIFORM_SPREAD * Math.sqrt(shape.at(-1) ?? 1)) });
      return new Uint8Array(values.buffer);
    },
  };
}

// --- internal ---

/** Uniform in [-limit, limit) by xorshift32 (Marsaglia 2003, https://doi.org/10.18637/jss.v008.i14). */
function fillUniform(values: Uint16Array, { seed, limit }: { readonly seed: number; readonly limit: number }): void {
  const number = new Float32Array(1);
  const bits = new Uint32Array(number.buffer);
  const scale = limit / 2 ** 31;
  let state = seed === 0 ? 1 : seed; // zero is xorshift's one fixed point
  for (let i = 0; i < values.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    number[0] = state * scale;
    values[i] = bits[0]! >>> 16; // bfloat16 is float32's upper half
  }
}

function hash(seed: number, name: string): number {
  let state = FNV_OFFSET ^ seed;
  for (let i = 0; i < name.length; i++) state = Math.imul(state ^ name.charCodeAt(i), FNV_PRIME);
  return state;
}

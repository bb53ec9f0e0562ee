/**
 * Rotary positions as tables of cosines and sines.
 * Sources: Su et al., RoFormer (https://arxiv.org/abs/2104.09864); `_compute_llama3_parameters` of
 * huggingface/transformers for Llama 3.1's scaling. Computed in double precision, rounded once to float32.
 */

import type { DecoderConfig, RopeScaling } from "./decoder-config.ts";

/** The cosines and sines of every position, each `(contextTokens, width)`. */
export interface RopeTables {
  readonly cos: Float32Array;
  readonly sin: Float32Array;
}

/**
 * Radians a position for each pair of a head's elements, `(headDim / 2)`.
 * `divisors`, of the same length, are a checkpoint's own factors; they replace the description's scaling.
 */
export function ropeFrequencies(
  config: Pick<DecoderConfig, "headDim" | "ropeTheta" | "ropeScaling">,
  divisors?: ArrayLike<number>,
): Float64Array {
  const { headDim, ropeTheta, ropeScaling } = config;
  return Float64Array.from({ length: headDim / 2 }, (_, pair) => {
    const frequency = ropeTheta ** ((-2 * pair) / headDim);
    return divisors === undefined ? scaledFrequency(frequency, ropeScaling) : frequency / divisors[pair]!;
  });
}

/**
 * The tables of `positions` positions. Pairs from `frequencies.length` to `width` do not turn: cosine 1, sine 0.
 */
export function ropeTables(frequencies: Float64Array, positions: number, width: number): RopeTables {
  const cos = new Float32Array(positions * width).fill(1);
  const sin = new Float32Array(positions * width);
  for (let position = 0; position < positions; position++) {
    for (let pair = 0; pair < frequencies.length; pair++) {
      const angle = position * frequencies[pair]!;
      cos[position * width + pair] = Math.cos(angle);
      sin[position * width + pair] = Math.sin(angle);
    }
  }
  return { cos, sin };
}

// --- internal ---

function scaledFrequency(frequency: number, scaling: RopeScaling): number {
  if (scaling.type === "none") return frequency;
  if (scaling.type === "linear") return frequency / scaling.factor;
  const { factor, lowFrequencyFactor, highFrequencyFactor, originalContextTokens } = scaling;
  const turns = (originalContextTokens * frequency) / (2 * Math.PI);
  if (turns < lowFrequencyFactor) return frequency / factor;
  if (turns > highFrequencyFactor) return frequency;
  const share = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
  return (1 - share) * (frequency / factor) + share * frequency;
}

/**
 * Rotary positions as tables of cosines and sines.
 * Sources: Su et al., RoFormer (https://arxiv.org/abs/2104.09864); `_compute_llama3_parameters` of
 * huggingface/transformers for Llama 3.1's scaling. Computed in double precision, rounded once to float32.
 */

import type { DecoderConfig, RopeScaling } from "./decoder-config.ts";

/**
 * Radians a position for each pair of a head's elements that turn, `(rotaryDim / 2)`.
 * `divisors`, of the same length, are a checkpoint's own factors; they replace the description's scaling.
 */
export function ropeFrequencies(
  config: Pick<DecoderConfig, "headDim" | "ropeTheta" | "ropeScaling"> & Partial<Pick<DecoderConfig, "rotaryDim">>,
  divisors?: ArrayLike<number>,
): Float64Array {
  const { headDim, rotaryDim = headDim, ropeTheta, ropeScaling } = config;
  return Float64Array.from({ length: rotaryDim / 2 }, (_, pair) => {
    const frequency = ropeTheta ** ((-2 * pair) / rotaryDim);
    return divisors === undefined ? scaledFrequency(frequency, ropeScaling) : frequency / divisors[pair]!;
  });
}

/** Cosines or sines of the positions from `first` to before `end`, `(end - first, frequencies)`. */
export function ropeRows(
  turn: "cos" | "sin",
  frequencies: Float64Array,
  [first, end]: readonly [first: number, end: number],
): Float32Array {
  const width = frequencies.length;
  const rows = new Float32Array((end - first) * width);
  for (let i = 0; i < rows.length; i++) {
    const angle = (first + Math.floor(i / width)) * frequencies[i % width]!;
    rows[i] = turn === "cos" ? Math.cos(angle) : Math.sin(angle);
  }
  return rows;
}

// --- internal ---

function scaledFrequency(frequency: number, scaling: RopeScaling): number {
  // LongRoPE's factors come as divisors.
  if (scaling.type === "none" || scaling.type === "longrope") return frequency;
  if (scaling.type === "linear") return frequency / scaling.factor;
  const { factor, lowFrequencyFactor, highFrequencyFactor, originalContextTokens } = scaling;
  const turns = (originalContextTokens * frequency) / (2 * Math.PI);
  if (turns < lowFrequencyFactor) return frequency / factor;
  if (turns > highFrequencyFactor) return frequency;
  const share = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
  return (1 - share) * (frequency / factor) + share * frequency;
}

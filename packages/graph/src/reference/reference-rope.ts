/** The rotary frequencies once more, in the words of those who published each rule; nothing is shared with the graph's. */

import { type DecoderConfig, isLocalLayer, type RopeScaling } from "../decoder-config.ts";
import { LONG_ROPE_FACTORS, ROPE_FACTORS } from "../weights.ts";
import type { AttentionForm } from "./reference-attention.ts";
import type { ReferenceWeights } from "./reference-weights.ts";

/** How the layers turn their heads: `global` those that see all tokens, `local` those with a window. */
export interface ReferenceRope {
  readonly global: Pick<AttentionForm, "frequencies" | "amplitude">;
  readonly local: Pick<AttentionForm, "frequencies" | "amplitude">;
}

/** The turning in a decoder built for `contextTokens`, with the factors that a checkpoint has as tensors. */
export async function referenceRope(
  config: DecoderConfig,
  weights: ReferenceWeights,
  contextTokens: number,
): Promise<ReferenceRope> {
  const scaling = config.ropeScaling;
  const pairs = (config.rotaryDim ?? config.headDim) / 2;
  const bases = (theta: number): number[] => Array.from({ length: pairs }, (_, pair) => 1 / theta ** (pair / pairs));
  const divisors = await factors(config, weights, contextTokens, pairs);
  const frequencies = bases(config.ropeTheta).map((base, pair) =>
    divisors === undefined ? scaled(base, scaling) : base / divisors[pair]!,
  );
  const global = { frequencies, amplitude: scaling.type === "longrope" ? scaling.amplitude : 1 };
  const { localRopeTheta } = config;
  return {
    global,
    local: localRopeTheta === undefined ? global : { frequencies: bases(localRopeTheta), amplitude: 1 },
  };
}

/** The turning of one layer. */
export function layerRope(config: DecoderConfig, layer: number, { global, local }: ReferenceRope) {
  return isLocalLayer(config, layer) ? local : global;
}

// --- internal ---

async function factors(
  { ropeScaling: scaling }: DecoderConfig,
  weights: ReferenceWeights,
  contextTokens: number,
  pairs: number,
): Promise<ArrayLike<number> | undefined> {
  if (scaling.type !== "longrope") return weights.has(ROPE_FACTORS) ? weights.vector(ROPE_FACTORS, pairs) : undefined;
  const kind = contextTokens > scaling.originalContextTokens ? "long" : "short";
  return scaling.factors?.[kind] ?? weights.vector(LONG_ROPE_FACTORS[kind], pairs);
}

// Llama 3.1's rule in its authors' words: by wavelength, with a smooth part between two bounds.
function scaled(base: number, scaling: RopeScaling): number {
  if (scaling.type === "linear") return base / scaling.factor;
  if (scaling.type !== "llama3") return base;
  const wavelength = (2 * Math.PI) / base;
  if (wavelength < scaling.originalContextTokens / scaling.highFrequencyFactor) return base;
  if (wavelength > scaling.originalContextTokens / scaling.lowFrequencyFactor) return base / scaling.factor;
  const smooth =
    (scaling.originalContextTokens / wavelength - scaling.lowFrequencyFactor) /
    (scaling.highFrequencyFactor - scaling.lowFrequencyFactor);
  return (1 - smooth) * (base / scaling.factor) + smooth * base;
}

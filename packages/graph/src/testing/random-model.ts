import type { DecoderConfig } from "../decoder-config.ts";
import { weightShapes } from "../weight-shapes.ts";
import type { Weights } from "../weights.ts";

/** Weights by Hugging Face's names, row-major. */
export type FloatWeights = ReadonlyMap<string, Float32Array>;

/** A tiny description; every size differs from the others, so that a mistaken one shows. */
export const tinyConfig: DecoderConfig = {
  family: "llama",
  layers: 2,
  hidden: 96,
  heads: 6,
  kvHeads: 2,
  headDim: 16,
  ffn: 160,
  vocab: 131,
  contextTokens: 64,
  normEpsilon: 1e-5,
  ropeTheta: 10_000,
  ropeScaling: { type: "none" },
  attentionBias: false,
  outputBias: false,
  qkNorm: false,
  packedProjections: false,
  rotaryDim: undefined,
  attentionScale: undefined,
  attentionSoftcap: undefined,
  slidingWindow: undefined,
  globalLayers: [],
  localRopeTheta: undefined,
  activation: "silu",
  normOffset: 0,
  postNorms: false,
  embeddingScale: 1,
  logitSoftcap: undefined,
  tiedHead: false,
};

/** Llama 3's rotary scaling in the proportions of `tinyConfig`: with a base of 100 some frequencies are kept, some divided, some between. */
export const llama3Scaling: DecoderConfig["ropeScaling"] = {
  type: "llama3",
  factor: 8,
  lowFrequencyFactor: 1,
  highFrequencyFactor: 4,
  originalContextTokens: 32,
};

/** Random weights for a description, the same for the same seed. */
export function randomWeights(config: DecoderConfig, seed: number): FloatWeights {
  const random = generator(seed);
  const weights = new Map<string, Float32Array>();
  for (const [name, shape] of weightShapes(config)) {
    const count = shape.reduce((product, size) => product * size, 1);
    const spread = shape.length === 2 ? 1 / Math.sqrt(shape[1]!) : 0.3;
    const center = name.includes("norm") ? 1 - config.normOffset : 0;
    weights.set(
      name,
      Float32Array.from({ length: count }, () => center + spread * (random() + random() + random() - 1.5) * 2),
    );
  }
  return weights;
}

/** The same weights as a checkpoint of float32 tensors. */
export function asCheckpoint(config: DecoderConfig, weights: FloatWeights): Weights {
  const shapes = new Map(weightShapes(config));
  return {
    tensors: new Map([...weights.keys()].map((name) => [name, { type: "F32", shape: shapes.get(name)! }])),
    read: async (name) => {
      const { buffer, byteOffset, byteLength } = weights.get(name)!;
      return new Uint8Array(buffer, byteOffset, byteLength);
    },
  };
}

// --- internal ---

/** Mulberry32: 32 bits of state are plenty for a fixture. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

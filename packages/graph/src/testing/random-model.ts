import type { DecoderConfig } from "../decoder-config.ts";
import type { Weights } from "../weights.ts";
import type { ReferenceWeights } from "./reference-decoder.ts";

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

/** Random weights for a description, the same for the same seed. */
export function randomWeights(config: DecoderConfig, seed: number): ReferenceWeights {
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

/** Names and shapes of a description's weights. */
export function weightShapes(config: DecoderConfig): [string, number[]][] {
  const { hidden, ffn, headDim, heads, kvHeads, vocab } = config;
  const shapes: [string, number[]][] = [
    ["model.embed_tokens.weight", [vocab, hidden]],
    ["model.norm.weight", [hidden]],
  ];
  if (!config.tiedHead) shapes.push(["lm_head.weight", [vocab, hidden]]);
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `model.layers.${layer}`;
    shapes.push([`${at}.input_layernorm.weight`, [hidden]], [`${at}.post_attention_layernorm.weight`, [hidden]]);
    if (config.postNorms) {
      for (const side of ["pre", "post"]) shapes.push([`${at}.${side}_feedforward_layernorm.weight`, [hidden]]);
    }
    if (config.qkNorm) {
      for (const part of ["q", "k"]) shapes.push([`${at}.self_attn.${part}_norm.weight`, [headDim]]);
    }
    shapes.push([`${at}.mlp.down_proj.weight`, [hidden, ffn]]);
    for (const name of config.packedProjections ? ["gate_up_proj"] : ["gate_proj", "up_proj"]) {
      shapes.push([`${at}.mlp.${name}.weight`, [name === "gate_up_proj" ? 2 * ffn : ffn, hidden]]);
    }
    const projections: [string, number][] = config.packedProjections
      ? [["qkv_proj", heads + 2 * kvHeads]]
      : [
          ["q_proj", heads],
          ["k_proj", kvHeads],
          ["v_proj", kvHeads],
        ];
    for (const [name, count] of projections) {
      shapes.push([`${at}.self_attn.${name}.weight`, [count * headDim, hidden]]);
      if (config.attentionBias) shapes.push([`${at}.self_attn.${name}.bias`, [count * headDim]]);
    }
    shapes.push([`${at}.self_attn.o_proj.weight`, [hidden, heads * headDim]]);
    if (config.outputBias) shapes.push([`${at}.self_attn.o_proj.bias`, [hidden]]);
  }
  return shapes;
}

/** The same weights as a checkpoint of float32 tensors. */
export function asCheckpoint(config: DecoderConfig, weights: ReferenceWeights): Weights {
  const shapes = new Map(weightShapes(config));
  return {
    tensors: new Map([...weights.keys()].map((name) => [name, { type: "F32", shape: shapes.get(name)! }])),
    read: async (name) => new Uint8Array(weights.get(name)!.buffer),
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

/**
 * A decoder of the Llama family as its paper writes it: no cache, no batches, one number at a time, in double
 * precision. Slow and easy to check by eye; the graphs are compared with it.
 */

import { PalaverError } from "@palaver/core";
import type { DecoderConfig, RopeScaling } from "../decoder-config.ts";

/** Weights by Hugging Face's names, row-major. */
export type ReferenceWeights = ReadonlyMap<string, Float32Array>;

/** The logits after each token, `(tokens, vocab)`. */
export function referenceLogits(config: DecoderConfig, weights: ReferenceWeights, ids: readonly number[]): number[][] {
  const weight = (name: string): Float32Array => {
    const found = weights.get(name);
    if (found === undefined) throw new PalaverError("ERR_NOT_FOUND", `no weight ${name}`);
    return found;
  };
  const linear = (x: readonly number[], name: string): number[] => {
    const matrix = weight(`${name}.weight`);
    const bias = weights.get(`${name}.bias`);
    return Array.from({ length: matrix.length / x.length }, (_, row) => {
      let sum = bias?.[row] ?? 0;
      for (let i = 0; i < x.length; i++) sum += x[i]! * matrix[row * x.length + i]!;
      return sum;
    });
  };
  const norm = (x: readonly number[], name: string): number[] => {
    const scale = weight(`${name}.weight`);
    const meanSquare = x.reduce((sum, value) => sum + value * value, 0) / x.length;
    return x.map((value, i) => (value / Math.sqrt(meanSquare + config.normEpsilon)) * scale[i]!);
  };
  const embedding = weight("model.embed_tokens.weight");
  let stream = ids.map((id) => Array.from(embedding.subarray(id * config.hidden, (id + 1) * config.hidden)));
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `model.layers.${layer}`;
    const normed = stream.map((x) => norm(x, `${at}.input_layernorm`));
    const heads = (name: string, turn: boolean): number[][][] =>
      normed.map((x, position) => {
        const rows = linear(x, `${at}.self_attn.${name}`);
        const count = rows.length / config.headDim;
        return Array.from({ length: count }, (_, head) => {
          const slice = rows.slice(head * config.headDim, (head + 1) * config.headDim);
          return turn ? rotate(slice, position, config) : slice;
        });
      });
    const attended = attend(config, heads("q_proj", true), heads("k_proj", true), heads("v_proj", false));
    stream = stream.map((x, i) => add(x, linear(attended[i]!, `${at}.self_attn.o_proj`)));
    stream = stream.map((x) => {
      const second = norm(x, `${at}.post_attention_layernorm`);
      const gate = linear(second, `${at}.mlp.gate_proj`);
      const up = linear(second, `${at}.mlp.up_proj`);
      const gated = gate.map((g, i) => (g / (1 + Math.exp(-g))) * up[i]!);
      return add(x, linear(gated, `${at}.mlp.down_proj`));
    });
  }
  const head = config.tiedHead ? "model.embed_tokens" : "lm_head";
  return stream.map((x) => linear(norm(x, "model.norm"), head));
}

// --- internal ---

function attend(config: DecoderConfig, q: number[][][], k: number[][][], v: number[][][]): number[][] {
  const group = config.heads / config.kvHeads;
  return q.map((heads, position) =>
    heads.flatMap((query, head) => {
      const kv = Math.floor(head / group);
      const first = config.slidingWindow === undefined ? 0 : Math.max(0, position - config.slidingWindow + 1);
      const seen = Array.from({ length: position - first + 1 }, (_, i) => first + i);
      const scores = seen.map((past) => dot(query, k[past]![kv]!) / Math.sqrt(config.headDim));
      const largest = Math.max(...scores);
      const powers = scores.map((score) => Math.exp(score - largest));
      const total = powers.reduce((sum, power) => sum + power, 0);
      return query.map((_, i) => seen.reduce((sum, past, j) => sum + (powers[j]! / total) * v[past]![kv]![i]!, 0));
    }),
  );
}

function rotate(x: readonly number[], position: number, config: DecoderConfig): number[] {
  const half = x.length / 2;
  return x.map((value, i) => {
    const pair = i % half;
    const angle = position * frequency(1 / config.ropeTheta ** (pair / half), config.ropeScaling);
    return i < half
      ? value * Math.cos(angle) - x[i + half]! * Math.sin(angle)
      : value * Math.cos(angle) + x[pair]! * Math.sin(angle);
  });
}

// Llama 3.1's rule in its authors' words: by wavelength, with a smooth part between two bounds.
function frequency(base: number, scaling: RopeScaling): number {
  if (scaling.type === "none") return base;
  if (scaling.type === "linear") return base / scaling.factor;
  const wavelength = (2 * Math.PI) / base;
  if (wavelength < scaling.originalContextTokens / scaling.highFrequencyFactor) return base;
  if (wavelength > scaling.originalContextTokens / scaling.lowFrequencyFactor) return base / scaling.factor;
  const smooth =
    (scaling.originalContextTokens / wavelength - scaling.lowFrequencyFactor) /
    (scaling.highFrequencyFactor - scaling.lowFrequencyFactor);
  return (1 - smooth) * (base / scaling.factor) + smooth * base;
}

function add(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value + b[i]!);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

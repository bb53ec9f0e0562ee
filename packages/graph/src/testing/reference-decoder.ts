/**
 * A decoder as the papers write it: no cache, no batches, one number at a time, in double precision. Slow and easy to
 * check by eye; the graphs are compared with it.
 */

import { PalaverError } from "@palaver/core";
import type { DecoderConfig } from "../decoder-config.ts";
import { type AttentionForm, attend, rotate } from "./reference-attention.ts";

/** Weights by Hugging Face's names, row-major. */
export type ReferenceWeights = ReadonlyMap<string, Float32Array>;

/** The logits after each token, `(tokens, vocab)`. `longContext`: LongRoPE turns as beyond its original context. */
export function referenceLogits(
  config: DecoderConfig,
  weights: ReadonlyMap<string, Float32Array | Float64Array>,
  ids: readonly number[],
  longContext = false,
): number[][] {
  const weight = (name: string): Float32Array | Float64Array => {
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
    const root = Math.sqrt(meanSquare + config.normEpsilon);
    return x.map((value, i) => (value / root) * (scale[i]! + config.normOffset));
  };
  const embedding = weight("model.embed_tokens.weight");
  let stream = ids.map((id) =>
    Array.from(embedding.subarray(id * config.hidden, (id + 1) * config.hidden)).map((x) => x * config.embeddingScale),
  );
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `model.layers.${layer}`;
    const form = attentionForm(config, layer, longContext);
    const projected = stream.map((x) => project(norm(x, `${at}.input_layernorm`), linear, `${at}.self_attn`, config));
    const turned = (part: "q" | "k"): number[][][] =>
      projected.map((heads, position) =>
        heads[part].map((head) =>
          rotate(config.qkNorm ? norm(head, `${at}.self_attn.${part}_norm`) : head, position, form),
        ),
      );
    const values = projected.map((heads) => heads.v);
    const attended = attend(form, turned("q"), turned("k"), values);
    stream = stream.map((x, i) => {
      const output = linear(attended[i]!, `${at}.self_attn.o_proj`);
      return add(x, config.postNorms ? norm(output, `${at}.post_attention_layernorm`) : output);
    });
    stream = stream.map((x) => {
      const before = config.postNorms ? "pre_feedforward_layernorm" : "post_attention_layernorm";
      const [gate, up] = gateAndUp(norm(x, `${at}.${before}`), linear, `${at}.mlp`, config);
      const gated = gate.map((g, i) => activation(g, config) * up[i]!);
      const output = linear(gated, `${at}.mlp.down_proj`);
      return add(x, config.postNorms ? norm(output, `${at}.post_feedforward_layernorm`) : output);
    });
  }
  const head = config.tiedHead ? "model.embed_tokens" : "lm_head";
  const cap = config.logitSoftcap;
  return stream.map((x) => {
    const logits = linear(norm(x, "model.norm"), head);
    return cap === undefined ? logits : logits.map((logit) => cap * Math.tanh(logit / cap));
  });
}

// --- internal ---

type LinearOf = (x: readonly number[], name: string) => number[];

function attentionForm(config: DecoderConfig, layer: number, longContext: boolean): AttentionForm {
  const local = config.slidingWindow !== undefined && !config.globalLayers.includes(layer);
  const ownTheta = local ? config.localRopeTheta : undefined;
  return {
    rotaryDim: config.rotaryDim ?? config.headDim,
    theta: ownTheta ?? config.ropeTheta,
    scaling: ownTheta === undefined ? config.ropeScaling : { type: "none" },
    longContext,
    scale: config.attentionScale ?? 1 / Math.sqrt(config.headDim),
    softcap: config.attentionSoftcap,
    window: local ? config.slidingWindow : undefined,
  };
}

function project(
  x: readonly number[],
  linear: LinearOf,
  at: string,
  config: DecoderConfig,
): { q: number[][]; k: number[][]; v: number[][] } {
  const { heads, kvHeads, headDim } = config;
  const all = config.packedProjections
    ? linear(x, `${at}.qkv_proj`)
    : ["q", "k", "v"].flatMap((part) => linear(x, `${at}.${part}_proj`));
  const head = Array.from({ length: heads + 2 * kvHeads }, (_, i) => all.slice(i * headDim, (i + 1) * headDim));
  return { q: head.slice(0, heads), k: head.slice(heads, heads + kvHeads), v: head.slice(heads + kvHeads) };
}

function gateAndUp(
  x: readonly number[],
  linear: LinearOf,
  at: string,
  { packedProjections, ffn }: DecoderConfig,
): [number[], number[]] {
  if (!packedProjections) return [linear(x, `${at}.gate_proj`), linear(x, `${at}.up_proj`)];
  const both = linear(x, `${at}.gate_up_proj`);
  return [both.slice(0, ffn), both.slice(ffn)];
}

// Hendrycks and Gimpel (https://arxiv.org/abs/1606.08415) give both.
function activation(x: number, config: DecoderConfig): number {
  if (config.activation === "silu") return x / (1 + Math.exp(-x));
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

function add(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value + b[i]!);
}

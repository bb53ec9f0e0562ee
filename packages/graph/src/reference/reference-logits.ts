/**
 * A decoder as the papers write it: no cache, no batches, one number at a time, in double precision. Slow and easy to
 * check by eye; the graphs are compared with it, in tests and by `palaver import --verify`.
 */

import { PalaverError } from "@palaver/core";
import type { CheckpointOptions } from "../checkpoint.ts";
import { checkDecoderConfig, type DecoderConfig, isLocalLayer } from "../decoder-config.ts";
import type { Weights } from "../weights.ts";
import { type AttentionForm, attend, rotate } from "./reference-attention.ts";
import { layerRope, type ReferenceRope, referenceRope } from "./reference-rope.ts";
import { ReferenceWeights } from "./reference-weights.ts";

export interface ReferenceOptions extends CheckpointOptions {
  /** The longest sequence that the decoder is built for, on which LongRoPE's factors depend. Default: the description's. */
  readonly contextTokens?: number | undefined;
}

/**
 * The logits after each token, `(tokens, vocab)`, of the checkpoint's own weights, whatever their type, widened to
 * float32. Each tensor is read once, when its turn comes: the memory needed is the largest one's beside the logits. A
 * billion weights and 64 tokens take about two minutes.
 * @throws ERR_INVALID_ARGUMENT for no tokens or ids that are none, ERR_NOT_FOUND for a missing tensor, ERR_FORMAT for a
 * wrong shape, ERR_IO; `signal.reason` when aborted
 */
export async function referenceLogits(
  config: DecoderConfig,
  weights: Weights,
  ids: readonly number[],
  { contextTokens = config.contextTokens, ...watch }: ReferenceOptions = {},
): Promise<number[][]> {
  checkDecoderConfig(config);
  checkIds(ids, config.vocab);
  const own = new ReferenceWeights(weights, watch);
  const rope = await referenceRope(config, own, contextTokens);
  const embedded = await own.rows("model.embed_tokens.weight", ids, [config.vocab, config.hidden]);
  let stream = embedded.map((row) => row.map((x) => x * config.embeddingScale));
  for (let layer = 0; layer < config.layers; layer++) stream = await runLayer({ config, own, rope, layer }, stream);
  const head = config.tiedHead ? "model.embed_tokens" : "lm_head";
  const logits = await own.product(await norm({ config, own }, stream, "model.norm"), head, config.vocab);
  const cap = config.logitSoftcap;
  return cap === undefined ? logits : logits.map((row) => row.map((logit) => cap * Math.tanh(logit / cap)));
}

// --- internal ---

interface Scope {
  readonly config: DecoderConfig;
  readonly own: ReferenceWeights;
}

interface LayerScope extends Scope {
  readonly rope: ReferenceRope;
  readonly layer: number;
}

async function runLayer(scope: LayerScope, stream: number[][]): Promise<number[][]> {
  const { config, own, layer } = scope;
  const at = `model.layers.${layer}`;
  const { q, k, v } = await project(scope, await norm(scope, stream, `${at}.input_layernorm`), `${at}.self_attn`);
  const form = attentionForm(scope);
  const turn = (heads: number[][][]) => heads.map((row, position) => row.map((head) => rotate(head, position, form)));
  const attended = attend(form, turn(q), turn(k), v);
  const output = await own.product(attended, `${at}.self_attn.o_proj`, config.hidden);
  const after = config.postNorms ? await norm(scope, output, `${at}.post_attention_layernorm`) : output;
  const middle = add(stream, after);
  const before = config.postNorms ? "pre_feedforward_layernorm" : "post_attention_layernorm";
  const { gate, up } = await gateAndUp(scope, await norm(scope, middle, `${at}.${before}`), `${at}.mlp`);
  const gated = gate.map((row, i) => row.map((g, j) => activation(g, config) * up[i]![j]!));
  const down = await own.product(gated, `${at}.mlp.down_proj`, config.hidden);
  return add(middle, config.postNorms ? await norm(scope, down, `${at}.post_feedforward_layernorm`) : down);
}

async function norm({ config, own }: Scope, rows: readonly number[][], name: string): Promise<number[][]> {
  const scale = await own.vector(`${name}.weight`, rows[0]!.length);
  return rows.map((x) => {
    const meanSquare = x.reduce((sum, value) => sum + value * value, 0) / x.length;
    const root = Math.sqrt(meanSquare + config.normEpsilon);
    return x.map((value, i) => (value / root) * (scale[i]! + config.normOffset));
  });
}

function attentionForm({ config, rope, layer }: LayerScope): AttentionForm {
  return {
    ...layerRope(config, layer, rope),
    scale: config.attentionScale ?? 1 / Math.sqrt(config.headDim),
    softcap: config.attentionSoftcap,
    window: isLocalLayer(config, layer) ? config.slidingWindow : undefined,
  };
}

/** Queries, keys and values as `(positions, heads, headDim)`. */
async function project(
  scope: Scope,
  x: readonly number[][],
  at: string,
): Promise<{ q: number[][][]; k: number[][][]; v: number[][][] }> {
  const { config, own } = scope;
  const { heads, kvHeads, headDim, qkNorm } = config;
  const split = (rows: readonly number[][]): number[][][] =>
    rows.map((row) =>
      Array.from({ length: row.length / headDim }, (_, i) => row.slice(i * headDim, (i + 1) * headDim)),
    );
  const normed = async (part: "q" | "k", all: number[][][]): Promise<number[][][]> => {
    if (!qkNorm) return all;
    const flat = await norm(scope, all.flat(), `${at}.${part}_norm`);
    return all.map((row, i) => flat.slice(i * row.length, (i + 1) * row.length));
  };
  if (config.packedProjections) {
    const all = split(await own.product(x, `${at}.qkv_proj`, (heads + 2 * kvHeads) * headDim));
    const part = (first: number, end: number) => all.map((row) => row.slice(first, end));
    const q = await normed("q", part(0, heads));
    const k = await normed("k", part(heads, heads + kvHeads));
    return { q, k, v: part(heads + kvHeads, heads + 2 * kvHeads) };
  }
  const q = await normed("q", split(await own.product(x, `${at}.q_proj`, heads * headDim)));
  const k = await normed("k", split(await own.product(x, `${at}.k_proj`, kvHeads * headDim)));
  return { q, k, v: split(await own.product(x, `${at}.v_proj`, kvHeads * headDim)) };
}

async function gateAndUp(
  { config, own }: Scope,
  x: readonly number[][],
  at: string,
): Promise<{ gate: number[][]; up: number[][] }> {
  const { packedProjections, ffn } = config;
  if (!packedProjections) {
    return { gate: await own.product(x, `${at}.gate_proj`, ffn), up: await own.product(x, `${at}.up_proj`, ffn) };
  }
  const both = await own.product(x, `${at}.gate_up_proj`, 2 * ffn);
  return { gate: both.map((row) => row.slice(0, ffn)), up: both.map((row) => row.slice(ffn)) };
}

// Hendrycks and Gimpel (https://arxiv.org/abs/1606.08415) give both.
function activation(x: number, config: DecoderConfig): number {
  if (config.activation === "silu") return x / (1 + Math.exp(-x));
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

function add(a: readonly number[][], b: readonly number[][]): number[][] {
  return a.map((row, i) => row.map((value, j) => value + b[i]![j]!));
}

function checkIds(ids: readonly number[], vocab: number): void {
  if (ids.length === 0) throw new PalaverError("ERR_INVALID_ARGUMENT", "the reference needs at least one token");
  for (const id of ids) {
    if (Number.isInteger(id) && id >= 0 && id < vocab) continue;
    throw new PalaverError("ERR_INVALID_ARGUMENT", `token ${id} is not in the vocabulary of ${vocab}`);
  }
}

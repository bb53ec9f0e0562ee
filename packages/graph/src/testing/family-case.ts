/**
 * One family's tiny model in both kinds of checkpoint: the same random weights under Hugging Face's names and under
 * llama.cpp's, each beside its own kind of description.
 */

import { byteSource, type JsonObject } from "@palaver/core";
import { encodeGguf, encodeSafetensors, type GgufValue, parseGguf } from "@palaver/formats";
import type { DecoderConfig } from "../decoder-config.ts";
import { parseGgufConfig } from "../gguf-config.ts";
import { ggufWeights } from "../gguf-weights.ts";
import { referenceLogits } from "../reference/reference-logits.ts";
import { safetensorsWeights } from "../safetensors-weights.ts";
import { weightShapes } from "../weight-shapes.ts";
import type { Weights } from "../weights.ts";
import { asCheckpoint, type FloatWeights } from "./random-model.ts";
import { runDecoder } from "./run-decoder.ts";

/** Sizes that the families' tests share, as a config.json has them. */
export const tinyFields: JsonObject = {
  hidden_size: 96,
  intermediate_size: 160,
  num_attention_heads: 6,
  num_key_value_heads: 2,
  head_dim: 16,
  vocab_size: 131,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
};

/** How llama.cpp's converter writes a family: what its metadata add, what it calls tensors and what it does to them. */
export interface GgufForm {
  readonly architecture: string;
  /** Fields under the architecture's name. */
  readonly fields: Readonly<Record<string, number | string>>;
  /** llama.cpp's names of a layer's tensors by Hugging Face's, where they differ from `LAYER_NAMES`. */
  readonly layerNames?: Readonly<Record<string, string>>;
  /** Added to the weights of norms. */
  readonly normShift?: number;
  /** Tensors that Hugging Face has in the description. */
  readonly extra?: Readonly<Record<string, readonly number[]>>;
}

/** The weights as a safetensors file. */
export async function safetensorsOf(config: DecoderConfig, weights: FloatWeights): Promise<Weights> {
  const tensors = new Map(
    weightShapes(config).map(([name, shape]) => [
      name,
      { type: "F32" as const, shape, bytes: floatBytes(weights.get(name)!) },
    ]),
  );
  return safetensorsWeights([byteSource(encodeSafetensors({ tensors }))]);
}

/** The weights as a GGUF, read back with the description that it has. */
export async function ggufOf(
  config: DecoderConfig,
  weights: FloatWeights,
  { architecture, fields, layerNames = {}, normShift = 0, extra = {} }: GgufForm,
): Promise<{ readonly config: DecoderConfig; readonly weights: Weights }> {
  const metadata = new Map<string, GgufValue>([["general.architecture", { type: "string", value: architecture }]]);
  for (const [name, value] of Object.entries({ ...sizeFields(config), ...fields })) {
    const entry: GgufValue = typeof value === "string" ? { type: "string", value } : { type: "float64", value };
    metadata.set(`${architecture}.${name}`, entry);
  }
  const tensors = new Map<string, { type: "F32"; shape: readonly number[]; bytes: Uint8Array }>();
  for (const [name, shape] of weightShapes(config)) {
    const shift = name.endsWith("norm.weight") ? normShift : 0;
    const bytes = floatBytes(weights.get(name)!.map((value) => value + shift));
    tensors.set(ggufName(name, layerNames), { type: "F32", shape, bytes });
  }
  for (const [name, values] of Object.entries(extra)) {
    tensors.set(name, { type: "F32", shape: [values.length], bytes: floatBytes(Float32Array.from(values)) });
  }
  const source = byteSource(encodeGguf({ metadata, tensors }));
  const file = await parseGguf(source);
  const read = parseGgufConfig(file);
  return { config: read, weights: ggufWeights(source, file, read) };
}

const ids = [3, 77, 12, 130, 0, 45, 9, 88, 21, 60, 4, 119];

/**
 * The largest difference between a graph's logits and the reference's, over all positions, in one step, in pieces that
 * cross these tests' windows, and token by token. `expected` describes what the reference computes, `actual` what is written.
 */
export async function largestDifference(
  expected: DecoderConfig,
  reference: FloatWeights,
  actual: { readonly config: DecoderConfig; readonly weights: Weights; readonly contextTokens?: number },
): Promise<number> {
  const { contextTokens } = actual;
  const wanted = await referenceLogits(expected, asCheckpoint(expected, reference), ids, { contextTokens });
  let largest = 0;
  for (const size of [ids.length, 5, 1]) {
    const decoder = await runDecoder(actual.config, actual.weights, { contextTokens });
    for (let at = 0; at < ids.length; at += size) {
      const rows = await decoder.step(ids.slice(at, at + size));
      for (const [i, row] of rows.entries()) {
        for (const [j, logit] of row.entries()) largest = Math.max(largest, Math.abs(logit - wanted[at + i]![j]!));
      }
    }
    await decoder.close();
  }
  return largest;
}

// --- internal ---

// Source: `gguf-py/gguf/tensor_mapping.py` of https://github.com/ggml-org/llama.cpp.
const NAMES: Readonly<Record<string, string>> = {
  "model.embed_tokens": "token_embd",
  "model.norm": "output_norm",
  lm_head: "output",
};

const LAYER_NAMES: Readonly<Record<string, string>> = {
  input_layernorm: "attn_norm",
  "self_attn.q_proj": "attn_q",
  "self_attn.k_proj": "attn_k",
  "self_attn.v_proj": "attn_v",
  "self_attn.q_norm": "attn_q_norm",
  "self_attn.k_norm": "attn_k_norm",
  "self_attn.o_proj": "attn_output",
  post_attention_layernorm: "ffn_norm",
  "mlp.gate_proj": "ffn_gate",
  "mlp.up_proj": "ffn_up",
  "mlp.down_proj": "ffn_down",
};

function ggufName(name: string, layerNames: Readonly<Record<string, string>>): string {
  const [, layer, part] = /^model\.layers\.(\d+)\.(.*)\.weight$/.exec(name) ?? [];
  if (part === undefined) return `${NAMES[name.replace(/\.weight$/, "")]}.weight`;
  return `blk.${layer}.${layerNames[part] ?? LAYER_NAMES[part]}.weight`;
}

function sizeFields(config: DecoderConfig): Record<string, number> {
  return {
    block_count: config.layers,
    context_length: config.contextTokens,
    embedding_length: config.hidden,
    feed_forward_length: config.ffn,
    "attention.head_count": config.heads,
    "attention.head_count_kv": config.kvHeads,
    "attention.key_length": config.headDim,
    "attention.value_length": config.headDim,
    "attention.layer_norm_rms_epsilon": config.normEpsilon,
    "rope.freq_base": config.ropeTheta,
  };
}

function floatBytes(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/**
 * One small decoder with random weights in both graph forms: one layer of grouped-query attention with rotary
 * positions over 2 heads of 16 and 1 head of keys, vocabulary 32, context 64. Both forms are the same function.
 */

import type { OnnxNode, OnnxTensor, OnnxValue } from "@palaver/formats";
import { encodeGraph, floats, int64s, value } from "./small-graphs.ts";

export const SMALL_DECODER = { vocabSize: 32, contextTokens: 64, kvHeads: 1, headDim: 16 } as const;

/** The embedding of this token has a NaN in it, where asked for. */
export const POISON_TOKEN = 31;

const { vocabSize: VOCAB, contextTokens: CONTEXT, headDim: HEAD } = SMALL_DECODER;
const WIDTH = 2 * HEAD;

/** The decoder with a shared cache: `seqlens_k`, `total_sequence_length`, `logit_rows`. */
export function sharedDecoderGraph({ poisoned = false } = {}): Uint8Array {
  const cache = ["batch", 1, "capacity", HEAD];
  return encodeGraph({
    inputs: [
      value("input_ids", "int64", ["batch", "sequence"]),
      value("seqlens_k", "int32", ["batch"]),
      value("total_sequence_length", "int32", []),
      value("logit_rows", "int64", ["rows"]),
      ...caches("past_key_values", cache),
    ],
    outputs: [value("logits", "float32", ["rows", VOCAB]), ...caches("present", cache)],
    initializers: [...weights(poisoned), int64s("flat_shape", [2], [-1, WIDTH])],
    nodes: [
      ...attention("seqlens_k", "total_sequence_length"),
      { op: "Reshape", inputs: ["hidden", "flat_shape"], outputs: ["flat"] },
      { op: "Gather", inputs: ["flat", "logit_rows"], outputs: ["chosen"] },
      { op: "MatMul", inputs: ["chosen", "head"], outputs: ["logits"] },
    ],
  });
}

/** The decoder as the hub ships them: `attention_mask`, growing caches, all logits; optionally in 16-bit floats outside. */
export function growingDecoderGraph({ half = false } = {}): Uint8Array {
  const inputs = caches("past_key_values", ["batch", 1, "past", HEAD], half);
  const outputs = caches("present", ["batch", 1, "total", HEAD], half);
  const widen: OnnxNode[] = inputs.map(({ name }) => cast(name, `${name}_wide`, 1));
  const narrow: OnnxNode[] = outputs.map(({ name }) => cast(`${name}_wide`, name, 10));
  return encodeGraph({
    inputs: [
      value("input_ids", "int64", ["batch", "sequence"]),
      value("attention_mask", "int64", ["batch", "total"]),
      ...inputs,
    ],
    outputs: [value("logits", half ? "float16" : "float32", ["batch", "sequence", VOCAB]), ...outputs],
    initializers: [...weights(false), int64s("one", [1], [1]), int64s("axis", [1], [1])],
    nodes: [
      // Tokens in all = the sum of the mask; this is how exports with GroupQueryAttention get their lengths.
      { op: "ReduceSum", inputs: ["attention_mask", "axis"], outputs: ["sums"], attributes: { keepdims: int(0) } },
      { op: "Sub", inputs: ["sums", "one"], outputs: ["last_index"] },
      cast("last_index", "lengths", 6),
      { op: "Shape", inputs: ["attention_mask"], outputs: ["mask_shape"], attributes: { start: int(1) } },
      { op: "Squeeze", inputs: ["mask_shape"], outputs: ["total_wide"] },
      cast("total_wide", "total_length", 6),
      ...(half ? [...widen, ...narrow] : []),
      ...attention("lengths", "total_length", half ? "_wide" : ""),
      { op: "MatMul", inputs: ["hidden", "head"], outputs: [half ? "logits_wide" : "logits"] },
      ...(half ? [cast("logits_wide", "logits", 10)] : []),
    ],
  });
}

// --- internal ---

function caches(prefix: string, shape: readonly (number | string)[], half = false): OnnxValue[] {
  return ["key", "value"].map((part) => value(`${prefix}.0.${part}`, half ? "float16" : "float32", shape));
}

function attention(lengths: string, total: string, suffix = ""): OnnxNode[] {
  return [
    { op: "Gather", inputs: ["embedding", "input_ids"], outputs: ["embedded"] },
    { op: "MatMul", inputs: ["embedded", "query_weight"], outputs: ["query"] },
    { op: "MatMul", inputs: ["embedded", "key_weight"], outputs: ["key"] },
    { op: "MatMul", inputs: ["embedded", "value_weight"], outputs: ["value"] },
    {
      op: "GroupQueryAttention",
      domain: "com.microsoft",
      inputs: [
        ...["query", "key", "value", `past_key_values.0.key${suffix}`, `past_key_values.0.value${suffix}`],
        ...[lengths, total, "cos", "sin"],
      ],
      outputs: ["attended", `present.0.key${suffix}`, `present.0.value${suffix}`],
      attributes: { num_heads: int(2), kv_num_heads: int(1), do_rotary: int(1) },
    },
    { op: "MatMul", inputs: ["attended", "output_weight"], outputs: ["update"] },
    { op: "Add", inputs: ["embedded", "update"], outputs: ["hidden"] },
  ];
}

function weights(poisoned: boolean): OnnxTensor[] {
  const embedding = random(VOCAB * WIDTH, 1);
  if (poisoned) embedding[POISON_TOKEN * WIDTH] = Number.NaN;
  const angles = Array.from({ length: CONTEXT * (HEAD / 2) }, (_, i) => {
    return Math.floor(i / (HEAD / 2)) * 10_000 ** (-(i % (HEAD / 2)) / (HEAD / 2));
  });
  return [
    floats("embedding", [VOCAB, WIDTH], embedding),
    floats("query_weight", [WIDTH, WIDTH], random(WIDTH * WIDTH, 2)),
    floats("key_weight", [WIDTH, HEAD], random(WIDTH * HEAD, 3)),
    floats("value_weight", [WIDTH, HEAD], random(WIDTH * HEAD, 4)),
    floats("output_weight", [WIDTH, WIDTH], random(WIDTH * WIDTH, 5)),
    floats("head", [WIDTH, VOCAB], random(WIDTH * VOCAB, 6)),
    floats("cos", [CONTEXT, HEAD / 2], Float32Array.from(angles, Math.cos)),
    floats("sin", [CONTEXT, HEAD / 2], Float32Array.from(angles, Math.sin)),
  ];
}

/** Numbers in [-0.5, 0.5) by a linear congruence (Numerical Recipes' constants), the same on every machine. */
function random(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}

function int(number: number): { readonly kind: "int"; readonly value: number } {
  return { kind: "int", value: number };
}

function cast(from: string, to: string, type: number): OnnxNode {
  return { op: "Cast", inputs: [from], outputs: [to], attributes: { to: int(type) } };
}

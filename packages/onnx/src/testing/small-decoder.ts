/**
 * One small decoder with random weights in each form of graph: one layer of attention with rotary positions over 2 heads
 * of 16, vocabulary 32, context 64. All are the same function, by different operators.
 */

import type { TensorType } from "@palaver/core";
import type { OnnxNode, OnnxTensor, OnnxValue } from "@palaver/formats";
import { cast, encodeGraph, floats, int, int64s, rotary, value } from "./small-graphs.ts";
import { SMALL_DECODER, smallWeights } from "./small-weights.ts";

const { vocabSize: VOCAB, kvHeads: HEADS, headDim: HEAD } = SMALL_DECODER;
const WIDTH = HEADS * HEAD;

/**
 * The decoder with a shared cache: `seqlens_k`, `total_sequence_length`, `logit_rows`; optionally with attention, caches and
 * logits in 16-bit floats.
 */
export function sharedDecoderGraph({ poisoned = false, half = false } = {}): Uint8Array {
  const cache = ["batch", HEADS, "capacity", HEAD];
  const outside = half ? "float16" : "float32";
  return encodeGraph({
    inputs: [
      value("input_ids", "int64", ["batch", "sequence"]),
      value("seqlens_k", "int32", ["batch"]),
      value("total_sequence_length", "int32", []),
      value("logit_rows", "int64", ["rows"]),
      ...caches("past_key_values", cache, outside),
    ],
    outputs: [value("logits", outside, ["rows", VOCAB]), ...caches("present", cache, outside)],
    initializers: [...weights(poisoned), int64s("flat_shape", [2], [-1, WIDTH])],
    nodes: [
      ...projections(),
      ...attention(half),
      ...residual(),
      { op: "Reshape", inputs: ["hidden", "flat_shape"], outputs: ["flat"] },
      { op: "Gather", inputs: ["flat", "logit_rows"], outputs: ["chosen"] },
      { op: "MatMul", inputs: ["chosen", "head"], outputs: [half ? "logits_wide" : "logits"] },
      ...(half ? [cast("logits_wide", "logits", "float16")] : []),
    ],
  });
}

/**
 * The decoder as the hub ships them: `attention_mask`, `position_ids`, caches that grow by concatenation, all logits;
 * optionally in 16-bit floats outside, without the mask, which ONNX Runtime's WebGPU attention does not take, or with
 * `num_logits_to_keep` in place of all logits.
 */
export function growingDecoderGraph({
  half = false,
  masked = true,
  keeping = false,
  poisoned = false,
} = {}): Uint8Array {
  const outside = half ? "float16" : "float32";
  const inputs = caches("past_key_values", ["batch", HEADS, "past", HEAD], outside);
  const outputs = caches("present", ["batch", HEADS, "total", HEAD], outside);
  const suffix = half ? "_wide" : "";
  return encodeGraph({
    inputs: [
      value("input_ids", "int64", ["batch", "sequence"]),
      ...(masked ? [value("attention_mask", "int64", ["batch", "total"])] : []),
      value("position_ids", "int64", ["batch", "sequence"]),
      ...(keeping ? [value("num_logits_to_keep", "int64", [])] : []),
      ...inputs,
    ],
    outputs: [value("logits", outside, ["batch", "kept", VOCAB]), ...outputs],
    initializers: [...weights(poisoned), ...(keeping ? lastRowsConstants() : [])],
    nodes: [
      ...projections(),
      rotary("query"),
      rotary("key"),
      ...(masked ? [cast("attention_mask", "mask", "int32")] : []),
      ...(half ? inputs.map(({ name }) => cast(name, `${name}${suffix}`, "float32")) : []),
      {
        op: "MultiHeadAttention",
        domain: "com.microsoft",
        inputs: [
          "query_at",
          "key_at",
          "value",
          "",
          masked ? "mask" : "",
          "",
          ...inputs.map(({ name }) => `${name}${suffix}`),
        ],
        outputs: ["attended", ...outputs.map(({ name }) => `${name}${suffix}`)],
        attributes: { num_heads: int(HEADS), unidirectional: int(1) },
      },
      ...residual(),
      ...(keeping ? lastRows("hidden", "kept_hidden") : []),
      { op: "MatMul", inputs: [keeping ? "kept_hidden" : "hidden", "head"], outputs: [`logits${suffix}`] },
      ...(half ? outputs.map(({ name }) => cast(`${name}${suffix}`, name, "float16")) : []),
      ...(half ? [cast(`logits${suffix}`, "logits", "float16")] : []),
    ],
  });
}

// --- internal ---

function caches(prefix: string, shape: readonly (number | string)[], type: TensorType = "float32"): OnnxValue[] {
  return ["key", "value"].map((part) => value(`${prefix}.0.${part}`, type, shape));
}

function projections(): OnnxNode[] {
  return [
    { op: "Gather", inputs: ["embedding", "input_ids"], outputs: ["embedded"] },
    { op: "MatMul", inputs: ["embedded", "query_weight"], outputs: ["query"] },
    { op: "MatMul", inputs: ["embedded", "key_weight"], outputs: ["key"] },
    { op: "MatMul", inputs: ["embedded", "value_weight"], outputs: ["value"] },
  ];
}

/** From `query`, `key` and `value` to `attended`, over `past_key_values` and by `seqlens_k` and `total_sequence_length`. */
function attention(half: boolean): OnnxNode[] {
  const suffix = half ? "_half" : "";
  const wide = ["query", "key", "value", "cos", "sin"];
  const [query, key, values, cos, sin] = wide.map((name) => `${name}${suffix}`) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const past = ["past_key_values.0.key", "past_key_values.0.value", "seqlens_k", "total_sequence_length"];
  return [
    ...(half ? wide.map((name) => cast(name, `${name}${suffix}`, "float16")) : []),
    {
      op: "GroupQueryAttention",
      domain: "com.microsoft",
      inputs: [query, key, values, ...past, cos, sin],
      outputs: [`attended${suffix}`, "present.0.key", "present.0.value"],
      attributes: { num_heads: int(HEADS), kv_num_heads: int(HEADS), do_rotary: int(1) },
    },
    ...(half ? [cast(`attended${suffix}`, "attended", "float32")] : []),
  ];
}

function residual(): OnnxNode[] {
  return [
    { op: "MatMul", inputs: ["attended", "output_weight"], outputs: ["update"] },
    { op: "Add", inputs: ["embedded", "update"], outputs: ["hidden"] },
  ];
}

/** The last `num_logits_to_keep` rows of each sequence. */
function lastRows(from: string, to: string): OnnxNode[] {
  return [
    { op: "Neg", inputs: ["num_logits_to_keep"], outputs: ["keep_start"] },
    { op: "Reshape", inputs: ["keep_start", "one"], outputs: ["keep_starts"] },
    { op: "Slice", inputs: [from, "keep_starts", "far", "one"], outputs: [to] },
  ];
}

function lastRowsConstants(): OnnxTensor[] {
  return [int64s("one", [1], [1]), int64s("far", [1], [2 ** 31])];
}

function weights(poisoned: boolean): OnnxTensor[] {
  return Object.entries(smallWeights(poisoned)).map(([name, { shape, data }]) => floats(name, shape, data));
}

/**
 * The small decoder as the hub's newer folders have it (onnxruntime-genai's model builder): `attention_mask`, from which the graph counts
 * tokens for `GroupQueryAttention`, caches that grow, all logits.
 */

import type { TensorType } from "@palaver/core";
import type { OnnxNode, OnnxValue } from "@palaver/formats";
import { floatTensor, type ProductKind, product } from "./built-products.ts";
import { cast, encodeGraph, int, int64s, rotary, value } from "./small-graphs.ts";
import { SMALL_DECODER, type SmallWeight, smallWeights } from "./small-weights.ts";

export interface BuiltDecoderOptions {
  /** How products with weights are written. Default: `float`. */
  readonly products?: ProductKind;
  /** 16-bit floats throughout, caches and logits too; with `int4` that is q4f16. Default: false. */
  readonly half?: boolean;
  /** `position_ids` for rotations in front of attention, which takes three tensors; else it takes one and rotates. Default: false. */
  readonly positioned?: boolean;
  /** Default: false. */
  readonly poisoned?: boolean;
}

const { vocabSize: VOCAB, kvHeads: HEADS, headDim: HEAD } = SMALL_DECODER;

/** The graph in one of its dtypes. */
export function builtDecoderGraph(options: BuiltDecoderOptions = {}): Uint8Array {
  const { products = "float", half = false, positioned = false, poisoned = false } = options;
  const type = half ? "float16" : "float32";
  const weights = smallWeights(poisoned);
  const { query_weight, key_weight, value_weight, output_weight, head } = weights;
  const multiply = (input: string, weight: SmallWeight, output: string) =>
    product(products, { input, weight, output, type });
  const projections = positioned
    ? [
        multiply("embedded", query_weight, "query"),
        multiply("embedded", key_weight, "key"),
        multiply("embedded", value_weight, "value"),
      ]
    : [multiply("embedded", sideBySide([query_weight, key_weight, value_weight]), "packed")];
  const update = multiply("attended", output_weight, "update");
  const logits = multiply("hidden", head, "logits");
  return encodeGraph({
    inputs: [
      value("input_ids", "int64", ["batch", "sequence"]),
      value("attention_mask", "int64", ["batch", "total"]),
      ...(positioned ? [value("position_ids", "int64", ["batch", "sequence"])] : []),
      ...caches("past_key_values", "past", type),
    ],
    outputs: [value("logits", type, ["batch", "sequence", VOCAB]), ...caches("present", "total", type)],
    initializers: [
      floatTensor("embedding", weights.embedding, type),
      floatTensor("cos", weights.cos, type),
      floatTensor("sin", weights.sin, type),
      int64s("one", [1], [1]),
      int64s("first", [], [1]),
      ...[...projections, update, logits].flatMap(({ initializers }) => initializers),
    ],
    nodes: [
      ...counts(),
      { op: "Gather", inputs: ["embedding", "input_ids"], outputs: ["embedded"] },
      ...projections.flatMap(({ nodes }) => nodes),
      ...(positioned ? [rotary("query"), rotary("key")] : []),
      attention(positioned),
      ...update.nodes,
      { op: "Add", inputs: ["embedded", "update"], outputs: ["hidden"] },
      ...logits.nodes,
    ],
  });
}

// --- internal ---

function caches(prefix: string, length: string, type: TensorType): OnnxValue[] {
  return ["key", "value"].map((part) => value(`${prefix}.0.${part}`, type, ["batch", HEADS, length, HEAD]));
}

/** What attention wants to know, from the mask: `seqlens_k` int32 (batch, 1) and `total_sequence_length` int32 (). */
function counts(): OnnxNode[] {
  return [
    { op: "ReduceSum", inputs: ["attention_mask", "one"], outputs: ["counted"] },
    { op: "Sub", inputs: ["counted", "one"], outputs: ["last"] },
    cast("last", "seqlens_k", "int32"),
    { op: "Shape", inputs: ["attention_mask"], outputs: ["mask_shape"] },
    { op: "Gather", inputs: ["mask_shape", "first"], outputs: ["mask_length"] },
    cast("mask_length", "total_sequence_length", "int32"),
  ];
}

function attention(positioned: boolean): OnnxNode {
  const past = ["past_key_values.0.key", "past_key_values.0.value", "seqlens_k", "total_sequence_length"];
  const inputs = positioned ? ["query_at", "key_at", "value", ...past] : ["packed", "", "", ...past, "cos", "sin"];
  return {
    op: "GroupQueryAttention",
    domain: "com.microsoft",
    inputs,
    outputs: ["attended", "present.0.key", "present.0.value"],
    attributes: { num_heads: int(HEADS), kv_num_heads: int(HEADS), do_rotary: int(positioned ? 0 : 1) },
  };
}

/** One matrix with the columns of all. */
function sideBySide(matrices: readonly SmallWeight[]): SmallWeight {
  const rows = matrices[0]!.shape[0];
  const columns = matrices.reduce((sum, { shape }) => sum + shape[1], 0);
  const data = new Float32Array(rows * columns);
  let at = 0;
  for (const { shape, data: source } of matrices) {
    const width = shape[1];
    for (let row = 0; row < rows; row++) {
      data.set(source.subarray(row * width, (row + 1) * width), row * columns + at);
    }
    at += width;
  }
  return { shape: [rows, columns], data };
}

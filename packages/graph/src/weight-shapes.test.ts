import { expect, test } from "vitest";
import { tinyConfig } from "./testing/random-model.ts";
import { weightShapes } from "./weight-shapes.ts";

const { hidden, ffn, headDim, heads, kvHeads, vocab } = tinyConfig;

// Checkpoints of trainings and their bytes depend on the order.
test("lists tensors in the order in which a token meets them", () => {
  const form = { attentionBias: true, outputBias: true, qkNorm: true, postNorms: true };

  expect(weightShapes({ ...tinyConfig, ...form, layers: 1 })).toEqual([
    ["model.embed_tokens.weight", [vocab, hidden]],
    ["model.layers.0.input_layernorm.weight", [hidden]],
    ["model.layers.0.self_attn.q_proj.weight", [heads * headDim, hidden]],
    ["model.layers.0.self_attn.q_proj.bias", [heads * headDim]],
    ["model.layers.0.self_attn.k_proj.weight", [kvHeads * headDim, hidden]],
    ["model.layers.0.self_attn.k_proj.bias", [kvHeads * headDim]],
    ["model.layers.0.self_attn.v_proj.weight", [kvHeads * headDim, hidden]],
    ["model.layers.0.self_attn.v_proj.bias", [kvHeads * headDim]],
    ["model.layers.0.self_attn.q_norm.weight", [headDim]],
    ["model.layers.0.self_attn.k_norm.weight", [headDim]],
    ["model.layers.0.self_attn.o_proj.weight", [hidden, heads * headDim]],
    ["model.layers.0.self_attn.o_proj.bias", [hidden]],
    ["model.layers.0.post_attention_layernorm.weight", [hidden]],
    ["model.layers.0.pre_feedforward_layernorm.weight", [hidden]],
    ["model.layers.0.post_feedforward_layernorm.weight", [hidden]],
    ["model.layers.0.mlp.gate_proj.weight", [ffn, hidden]],
    ["model.layers.0.mlp.up_proj.weight", [ffn, hidden]],
    ["model.layers.0.mlp.down_proj.weight", [hidden, ffn]],
    ["model.norm.weight", [hidden]],
    ["lm_head.weight", [vocab, hidden]],
  ]);
});

test("packed projections are one tensor each, and a tied head is none", () => {
  const shapes = weightShapes({ ...tinyConfig, packedProjections: true, tiedHead: true, layers: 1 });

  expect(shapes.slice(2)).toEqual([
    ["model.layers.0.self_attn.qkv_proj.weight", [(heads + 2 * kvHeads) * headDim, hidden]],
    ["model.layers.0.self_attn.o_proj.weight", [hidden, heads * headDim]],
    ["model.layers.0.post_attention_layernorm.weight", [hidden]],
    ["model.layers.0.mlp.gate_up_proj.weight", [2 * ffn, hidden]],
    ["model.layers.0.mlp.down_proj.weight", [hidden, ffn]],
    ["model.norm.weight", [hidden]],
  ]);
});

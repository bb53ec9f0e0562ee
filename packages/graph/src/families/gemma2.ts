import { nullableNumberField, numberField } from "../config-fields.ts";
import type { Family, FamilyTraits } from "./family.ts";
import { everyNthLayer, globalLayers, layerTypes } from "./layer-types.ts";

/** Layers of the 27B model, whose scores a GGUF does not scale by the head's size. */
const LARGEST = 46;

/**
 * Gemma 2: norms around attention and feed-forward whose weights are kept less 1, a scaled embedding, caps on scores and
 * logits, and a window in every other layer. Source: Gemma 2 (https://arxiv.org/abs/2408.00118), `Gemma2Config` of
 * huggingface/transformers.
 */
export const gemma2: Family = {
  name: "gemma2",
  architectures: ["Gemma2ForCausalLM"],
  ggufArchitectures: ["gemma2"],
  defaults: { normEpsilon: 1e-6, ropeTheta: 10_000, tiedHead: true, headDim: 256, activation: "gelu-tanh" },
  traits: (fields, { layers, hidden }) => ({
    ...form(hidden),
    attentionScale: numberField(fields, "query_pre_attn_scalar", 256) ** -0.5,
    attentionSoftcap: nullableNumberField(fields, "attn_logit_softcapping", 50),
    logitSoftcap: nullableNumberField(fields, "final_logit_softcapping", 30),
    slidingWindow: numberField(fields, "sliding_window", 4096),
    globalLayers: globalLayers(fields, layers, 2),
  }),
  ggufTraits: ({ fields, prefix }, { layers, hidden, heads, headDim }) => ({
    ...form(hidden),
    attentionScale: (layers === LARGEST ? hidden / heads : headDim) ** -0.5,
    attentionSoftcap: numberField(fields, `${prefix}.attn_logit_softcapping`, 50),
    logitSoftcap: numberField(fields, `${prefix}.final_logit_softcapping`, 30),
    slidingWindow: numberField(fields, `${prefix}.attention.sliding_window`, 4096),
    globalLayers: everyNthLayer(layers, 2),
  }),
  json: ({ attentionScale, attentionSoftcap, logitSoftcap, headDim, layers, globalLayers: global }) => ({
    query_pre_attn_scalar: attentionScale === undefined ? headDim : attentionScale ** -2,
    attn_logit_softcapping: attentionSoftcap ?? null,
    final_logit_softcapping: logitSoftcap ?? null,
    layer_types: layerTypes(layers, global),
  }),
  ggufInterleavedRotary: false,
  ggufLayerNames: {
    post_attention_norm: "post_attention_layernorm",
    ffn_norm: "pre_feedforward_layernorm",
    post_ffw_norm: "post_feedforward_layernorm",
  },
};

// --- internal ---

function form(hidden: number): Partial<FamilyTraits> {
  return { normOffset: 1, postNorms: true, embeddingScale: Math.sqrt(hidden) };
}

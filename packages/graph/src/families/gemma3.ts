import { booleanField, type FieldSource, numberField, objectField, optionalNumberField } from "../config-fields.ts";
import type { Family, FamilyTraits } from "./family.ts";
import { gemma2 } from "./gemma2.ts";
import { everyNthLayer, globalLayers, layerTypes } from "./layer-types.ts";

/** Layers of the 27B model, whose scores a GGUF does not scale by the head's size. */
const LARGEST = 62;

const LOCAL_THETA = 10_000;

/**
 * Gemma 3's text models: Gemma 2 with norms on queries and keys in place of the caps, five layers with a window to one
 * without, and a rotary base of their own for the five. Source: Gemma 3 (https://arxiv.org/abs/2503.19786),
 * `Gemma3TextConfig` of huggingface/transformers.
 */
export const gemma3: Family = {
  name: "gemma3_text",
  architectures: ["Gemma3ForCausalLM"],
  pictureArchitectures: ["Gemma3ForConditionalGeneration"],
  ggufArchitectures: ["gemma3"],
  defaults: {
    normEpsilon: 1e-6,
    ropeTheta: 1e6,
    tiedHead: true,
    headDim: 256,
    // The 4B model's file says nothing of these.
    sizes: { heads: 8, kvHeads: 4, vocab: 262_208, contextTokens: 131_072 },
    activation: "gelu-tanh",
  },
  traits: (fields, { layers, hidden }) => {
    const bias = booleanField(fields, "attention_bias", false);
    return {
      ...form(hidden),
      attentionBias: bias,
      outputBias: bias,
      attentionScale: numberField(fields, "query_pre_attn_scalar", 256) ** -0.5,
      attentionSoftcap: optionalNumberField(fields, "attn_logit_softcapping"),
      logitSoftcap: optionalNumberField(fields, "final_logit_softcapping"),
      slidingWindow: numberField(fields, "sliding_window", 4096),
      globalLayers: globalLayers(fields, layers, 6),
      localRopeTheta: localTheta(fields),
    };
  },
  ggufTraits: ({ fields, prefix }, { layers, hidden, heads, headDim }) => ({
    ...form(hidden),
    attentionScale: (layers === LARGEST ? hidden / heads : headDim) ** -0.5,
    slidingWindow: numberField(fields, `${prefix}.attention.sliding_window`),
    globalLayers: everyNthLayer(layers, 6),
    localRopeTheta: numberField(fields, `${prefix}.rope.freq_base_swa`, LOCAL_THETA),
  }),
  json: (config) => ({
    ...gemma2.json?.(config),
    layer_types: layerTypes(config.layers, config.globalLayers),
    rope_local_base_freq: config.localRopeTheta ?? LOCAL_THETA,
  }),
  ggufInterleavedRotary: false,
  ggufLayerNames: gemma2.ggufLayerNames!,
};

// --- internal ---

function form(hidden: number): Partial<FamilyTraits> {
  return { normOffset: 1, postNorms: true, qkNorm: true, embeddingScale: Math.sqrt(hidden) };
}

// Newer files have rotary settings for each type of layer.
function localTheta(fields: FieldSource): number {
  const rope = objectField(fields, "rope_parameters");
  const local = rope === undefined ? undefined : objectField(rope, "sliding_attention");
  const theta = numberField(fields, "rope_local_base_freq", LOCAL_THETA);
  return local === undefined ? theta : numberField(local, "rope_theta", theta);
}

import { booleanField, optionalNumberField } from "../config-fields.ts";
import type { Family } from "./family.ts";

/**
 * Phi-3, Phi-3.5 and Phi-4-mini: Llama with packed projections; Phi-4-mini turns three quarters of a head.
 * Source: `Phi3Config` of huggingface/transformers.
 */
export const phi3: Family = {
  name: "phi3",
  architectures: ["Phi3ForCausalLM"],
  ggufArchitectures: ["phi3"],
  defaults: { normEpsilon: 1e-5, ropeTheta: 10_000, tiedHead: false },
  traits: (fields) => ({
    packedProjections: true,
    attentionBias: booleanField(fields, "attention_bias", false),
    slidingWindow: optionalNumberField(fields, "sliding_window"),
  }),
  ggufTraits: ({ fields, prefix }) => ({
    packedProjections: true,
    // 0 stands for none.
    slidingWindow: optionalNumberField(fields, `${prefix}.attention.sliding_window`) || undefined,
  }),
  ggufInterleavedRotary: false,
  ggufLayerNames: { attn_qkv: "self_attn.qkv_proj", ffn_up: "mlp.gate_up_proj" },
};

import { PalaverError } from "@palaver/core";
import { booleanField } from "../config-fields.ts";
import type { Family } from "./family.ts";

/** Llama 1 to 3 and everything of the same form: SmolLM2, TinyLlama, Yi, DeepSeek's dense models. */
export const llama: Family = {
  name: "llama",
  architectures: ["LlamaForCausalLM"],
  ggufArchitectures: ["llama"],
  defaults: { normEpsilon: 1e-6, ropeTheta: 10_000, tiedHead: false },
  traits: (fields) => {
    if (booleanField(fields, "mlp_bias", false)) {
      throw new PalaverError("ERR_UNSUPPORTED", `${fields.name}: a feed-forward bias (mlp_bias) is not supported`);
    }
    const bias = booleanField(fields, "attention_bias", false);
    return { attentionBias: bias, outputBias: bias };
  },
  ggufTraits: ({ has }) => ({
    attentionBias: has("blk.0.attn_q.bias") || has("blk.0.attn_qkv.bias"),
    outputBias: has("blk.0.attn_output.bias"),
  }),
  ggufInterleavedRotary: true,
};

import { booleanField } from "../config-fields.ts";
import type { Family } from "./family.ts";
import { refuseSlidingLayers } from "./layer-types.ts";

/** Qwen 3's dense models: Llama with a norm on each head of queries and keys, and no bias. */
export const qwen3: Family = {
  name: "qwen3",
  architectures: ["Qwen3ForCausalLM"],
  ggufArchitectures: ["qwen3"],
  defaults: { normEpsilon: 1e-6, ropeTheta: 10_000, tiedHead: false, headDim: 128 },
  traits: (fields) => {
    refuseSlidingLayers(fields);
    const bias = booleanField(fields, "attention_bias", false);
    return { qkNorm: true, attentionBias: bias, outputBias: bias };
  },
  ggufTraits: () => ({ qkNorm: true }),
  ggufInterleavedRotary: false,
};

import type { Family } from "./family.ts";
import { refuseSlidingLayers } from "./layer-types.ts";

/** Qwen 2 and 2.5: Llama with a bias on queries, keys and values. */
export const qwen2: Family = {
  name: "qwen2",
  architectures: ["Qwen2ForCausalLM"],
  ggufArchitectures: ["qwen2"],
  defaults: { normEpsilon: 1e-6, ropeTheta: 10_000, tiedHead: false },
  traits: (fields) => {
    refuseSlidingLayers(fields);
    return { attentionBias: true };
  },
  ggufTraits: () => ({ attentionBias: true }),
  ggufInterleavedRotary: false,
};

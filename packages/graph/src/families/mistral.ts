import { numberField } from "../config-fields.ts";
import type { Family } from "./family.ts";

/** Mistral 7B and its like: Llama, where the first release sees a window of 4096 tokens. GGUF files call it `llama`. */
export const mistral: Family = {
  name: "mistral",
  architectures: ["MistralForCausalLM"],
  ggufArchitectures: [],
  defaults: { normEpsilon: 1e-6, ropeTheta: 10_000, tiedHead: false },
  traits: (fields) => {
    const window = fields.get("sliding_window");
    const none = window === null || window === undefined;
    return {
      attentionBias: false,
      outputBias: false,
      slidingWindow: none ? undefined : numberField(fields, "sliding_window"),
    };
  },
  ggufTraits: () => ({ attentionBias: false, outputBias: false, slidingWindow: undefined }),
  ggufInterleavedRotary: true,
};

import { nullableNumberField } from "../config-fields.ts";
import type { Family } from "./family.ts";

/**
 * Mistral 7B and its like: Llama, where the first release sees a window of 4096 tokens, which is also what a file without
 * the field means (`MistralConfig` of huggingface/transformers). GGUF files call it `llama`.
 */
export const mistral: Family = {
  name: "mistral",
  architectures: ["MistralForCausalLM"],
  ggufArchitectures: [],
  defaults: { normEpsilon: 1e-6, ropeTheta: 10_000, tiedHead: false },
  traits: (fields) => ({ slidingWindow: nullableNumberField(fields, "sliding_window", 4096) }),
  ggufTraits: () => ({}),
  ggufInterleavedRotary: true,
};

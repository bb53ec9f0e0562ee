import { PalaverError } from "@palaver/core";
import { booleanField } from "../config-fields.ts";
import type { Family } from "./family.ts";

/** Qwen 2 and 2.5: Llama with a bias on queries, keys and values. */
export const qwen2: Family = {
  name: "qwen2",
  architectures: ["Qwen2ForCausalLM"],
  ggufArchitectures: ["qwen2"],
  defaults: { normEpsilon: 1e-6, ropeTheta: 10_000, tiedHead: false },
  traits: (fields) => {
    if (booleanField(fields, "use_sliding_window", false)) {
      throw new PalaverError(
        "ERR_UNSUPPORTED",
        `${fields.name}: a sliding window in some layers only (use_sliding_window) is not supported: set it to false`,
      );
    }
    return { attentionBias: true, outputBias: false, slidingWindow: undefined };
  },
  ggufTraits: () => ({ attentionBias: true, outputBias: false, slidingWindow: undefined }),
  ggufInterleavedRotary: false,
};

import type { Sampler } from "@palaver/core";
import { argmax } from "./argmax.ts";
import { checkLogits } from "./check-logits.ts";

/** Always the most probable token; of equally probable ones the lowest id. The sampler throws ERR_RUNTIME on logits that are not finite. */
export function greedy(): Sampler {
  return (logits) => {
    checkLogits(logits);
    return argmax(logits);
  };
}

import type { Sampler } from "@palaver/core";
import { bestToken, requireDrawable, survey } from "./survey.ts";

/** Always the most probable token; of equally probable ones the lowest id. The sampler throws ERR_RUNTIME on logits that are not finite. */
export function greedy(): Sampler {
  return (logits) => {
    const surveyed = survey(logits);
    requireDrawable(surveyed);
    return bestToken(surveyed);
  };
}

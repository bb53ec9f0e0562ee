import { promptLookup, type SpeculateOptions } from "@palaver/engine";
import type { SamplingFlags } from "./options.ts";

/** The guessing that flags ask for; none unless they do. */
export function speculationFor({ speculate: maxTokens }: SamplingFlags): SpeculateOptions | undefined {
  return maxTokens === undefined ? undefined : { guess: promptLookup(), maxTokens };
}

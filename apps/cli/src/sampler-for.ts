import { randomInt } from "node:crypto";
import type { Sampler } from "@palaver/core";
import { createSampler } from "@palaver/sampling";
import { defined } from "./defined.ts";
import type { LoadedModel } from "./load-model.ts";
import type { SamplingFlags } from "./options.ts";

/** The sampler that flags ask for; what they leave open comes from the model's own defaults. The seed is told, so that an answer can be had again. */
export function samplerFor(model: LoadedModel, flags: SamplingFlags): { sampler: Sampler; seed: number } {
  const wanted = { ...model.samplingDefaults, ...defined(flags) };
  const { temperature, topK, topP, minP, repetitionPenalty, seed = randomInt(2 ** 32) } = wanted;
  const options = defined({ temperature, topK, topP, minP, repetitionPenalty });
  return { sampler: createSampler({ ...options, seed }), seed };
}

import { z } from "zod";
import type { ServerLimits } from "../limits.ts";
import { jsonObject, type UnsupportedFields } from "../parse-fields.ts";
import { samplingFields } from "../sampling-fields.ts";

/** Fields of both routes that are read. `keep_alive` is checked and has no effect: models stay open. */
const shared = {
  model: z.string().min(1).max(512),
  stream: z.boolean().default(true),
  keep_alive: z.union([z.number(), z.string()]).optional(),
  options: jsonObject.default({}),
  logprobs: z.boolean().default(false),
  // The range of the OpenAI API.
  top_logprobs: z.int().min(0).max(20).default(0),
  // Grades (`low` and so on) are of single models.
  think: z.boolean("only true and false are supported").optional(),
};

/** Fields of both routes that would change the answer and are not supported yet. */
const unsupportedShared: UnsupportedFields = {
  format: [""],
};

/** `POST /api/generate`, source: https://github.com/ollama/ollama/blob/main/docs/api.md */
export const generateRequest = z.object({
  ...shared,
  prompt: z.string().default(""),
  system: z.string().optional(),
  raw: z.boolean().default(false),
});

export const unsupportedInGenerate: UnsupportedFields = {
  ...unsupportedShared,
  context: [[]],
  images: [[]],
  suffix: [""],
  template: [""],
};

/** `POST /api/chat`, source as above. */
export const chatRequest = z.object({
  ...shared,
  // Without it, old messages are forgotten where the context is too short for all.
  truncate: z.boolean().default(true),
});

export const unsupportedInChat = unsupportedShared;

/** `POST /api/show`, source as above. Whatever else it may hold changes nothing of the answer here. */
export const showRequest = z.object({
  model: z.string().max(512).default(""),
  // What older clients call it; newer ones send it empty.
  name: z.string().max(512).default(""),
});

/** `options` of both routes; what is not here is about the machine, not the answer, and has no effect. */
export function optionFields({ maxStopStrings, maxStopCharacters }: ServerLimits) {
  const stop = z.string().min(1).max(maxStopCharacters);
  return z.object({
    temperature: samplingFields.temperature.optional(),
    top_k: samplingFields.topK.optional(),
    top_p: samplingFields.probability.optional(),
    min_p: samplingFields.probability.optional(),
    typical_p: samplingFields.probability.optional(),
    repeat_penalty: samplingFields.repetitionPenalty.optional(),
    repeat_last_n: samplingFields.penaltyWindow.optional(),
    presence_penalty: samplingFields.penalty.optional(),
    frequency_penalty: samplingFields.penalty.optional(),
    seed: samplingFields.seed.optional(),
    // -1 and -2: as many as fit.
    num_predict: z.int().min(-2).optional(),
    stop: z.union([stop, z.array(stop).max(maxStopStrings)]).optional(),
    num_ctx: z.int().min(1).optional(),
  });
}

export const unsupportedOptions: UnsupportedFields = {
  mirostat: [0],
  tfs_z: [1],
};

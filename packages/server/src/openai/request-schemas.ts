import { z } from "zod";
import type { ServerLimits } from "../limits.ts";
import { jsonObject, type UnsupportedFields } from "../parse-fields.ts";
import { samplingFields } from "../sampling-fields.ts";

/** Fields of both routes that are read; `top_k` to `repetition_penalty` are what other engines added. */
function shared({ maxStopStrings, maxStopCharacters, maxLogitBiases }: ServerLimits) {
  const stop = z.string().min(1).max(maxStopCharacters);
  return {
    model: z.string().min(1).max(512),
    stream: z.boolean().default(false),
    stream_options: z.object({ include_usage: z.boolean().nullish() }).optional(),
    max_tokens: z.int().min(1).optional(),
    temperature: samplingFields.temperature.max(2).optional(),
    top_p: samplingFields.probability.optional(),
    presence_penalty: samplingFields.penalty.optional(),
    frequency_penalty: samplingFields.penalty.optional(),
    logit_bias: samplingFields.logitBias(maxLogitBiases).optional(),
    seed: samplingFields.seed.optional(),
    stop: z.union([stop, z.array(stop).max(maxStopStrings)]).optional(),
    top_k: samplingFields.topK.optional(),
    min_p: samplingFields.probability.optional(),
    repetition_penalty: samplingFields.repetitionPenalty.optional(),
  };
}

/** Fields of both routes that would change the answer and are not supported yet. */
const unsupportedShared: UnsupportedFields = {
  n: [1],
  ignore_eos: [false],
  min_tokens: [0],
  stop_token_ids: [[]],
  truncate_prompt_tokens: [],
  prompt_logprobs: [],
  structured_outputs: [],
  grammar: [""],
  json_schema: [],
  samplers: [],
};

/** `POST /v1/chat/completions`, source: https://platform.openai.com/docs/api-reference/chat/create */
export function chatCompletionRequest(limits: ServerLimits) {
  return z.object({
    ...shared(limits),
    max_completion_tokens: z.int().min(1).optional(),
    chat_template_kwargs: jsonObject.default({}),
    logprobs: z.boolean().default(false),
    // The range of the OpenAI API.
    top_logprobs: z.int().min(0).max(20).default(0),
    tool_choice: z.enum(["auto", "none"], "only auto and none are supported").default("auto"),
  });
}

export const unsupportedInChat: UnsupportedFields = {
  ...unsupportedShared,
  audio: [],
  chat_template: [],
  continue_final_message: [],
  add_generation_prompt: [true],
  function_call: [],
  functions: [[]],
  modalities: [["text"]],
  parallel_tool_calls: [true],
  prediction: [],
  reasoning_effort: [],
  response_format: [{ type: "text" }],
  web_search_options: [],
};

/** `POST /v1/completions`, source: https://platform.openai.com/docs/api-reference/completions/create */
export function completionRequest(limits: ServerLimits) {
  const prompt = z.string();
  return z.object({
    ...shared(limits),
    // As many as the OpenAI API gives when none is named.
    max_tokens: z.int().min(1).default(16),
    prompt: z.union([prompt, z.tuple([prompt])], "only one text is supported"),
  });
}

export const unsupportedInCompletion: UnsupportedFields = {
  ...unsupportedShared,
  best_of: [1],
  echo: [false],
  logprobs: [],
  suffix: [""],
};

/** What both routes have in common, parsed. */
export type SharedFields = z.infer<z.ZodObject<ReturnType<typeof shared>>>;

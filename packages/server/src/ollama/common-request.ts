import type { JsonObject } from "@palaver/core";
import type { AnswerRequest } from "../answer-request.ts";
import type { ServerLimits } from "../limits.ts";
import { definedOf, parseFields, refuseUnsupported } from "../parse-fields.ts";
import { optionFields, unsupportedOptions } from "./request-schemas.ts";

/** Fields of both routes that are about the answer. */
export interface CommonFields {
  readonly model: string;
  readonly options: JsonObject;
  readonly logprobs: boolean;
  readonly top_logprobs: number;
  readonly think?: boolean | undefined;
}

/** What both routes say in the same words; the sampler's defaults are Ollama's. */
export function commonRequest(
  { model, options, logprobs, top_logprobs, think }: CommonFields,
  limits: ServerLimits,
): Omit<AnswerRequest, "prompt"> {
  refuseUnsupported(options, unsupportedOptions, "options");
  const fields = parseFields(optionFields(limits), options, "options");
  const { top_k: topK, repeat_last_n: lastTokens, num_predict: maxTokens, stop = [], seed } = fields;
  return {
    model,
    // The name that templates of several families read.
    ...(think !== undefined && { variables: { enable_thinking: think } }),
    ...(logprobs && { logprobs: top_logprobs }),
    sampling: definedOf({
      temperature: fields.temperature,
      topK: topK === undefined ? undefined : Math.max(topK, 0),
      topP: fields.top_p,
      minP: fields.min_p,
      typicalP: fields.typical_p,
      repetitionPenalty: fields.repeat_penalty,
      presencePenalty: fields.presence_penalty,
      frequencyPenalty: fields.frequency_penalty,
      penaltyWindow: lastTokens === -1 ? Number.POSITIVE_INFINITY : lastTokens,
      // -1 is Ollama's way to say: a fresh one.
      seed: seed === -1 ? undefined : seed,
    }),
    stop: typeof stop === "string" ? [stop] : stop,
    ...(maxTokens !== undefined && maxTokens > 0 && { maxTokens }),
    ...(fields.num_ctx !== undefined && { contextTokens: fields.num_ctx }),
  };
}

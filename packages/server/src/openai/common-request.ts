import type { AnswerRequest } from "../answer-request.ts";
import { definedOf } from "../parse-fields.ts";
import type { SharedFields } from "./request-schemas.ts";

/** How the OpenAI API chooses tokens when nothing is named: from the model's own P. */
const usualSampling = { temperature: 1, topP: 1, topK: 0 };

/** What both routes say in the same words. */
export function commonRequest(
  fields: SharedFields,
): Pick<AnswerRequest, "model" | "sampling" | "usualSampling" | "stop"> {
  const { logit_bias: biases, top_k: topK, stop = [] } = fields;
  const sampling = definedOf({
    temperature: fields.temperature,
    topP: fields.top_p,
    topK: topK === undefined ? undefined : Math.max(topK, 0),
    minP: fields.min_p,
    repetitionPenalty: fields.repetition_penalty,
    presencePenalty: fields.presence_penalty,
    frequencyPenalty: fields.frequency_penalty,
    logitBias: biases && new Map(Object.entries(biases).map(([id, bias]) => [Number(id), bias])),
    seed: fields.seed,
  });
  return { model: fields.model, sampling, usualSampling, stop: typeof stop === "string" ? [stop] : stop };
}

import { complete } from "@palaver/chat";
import type { Model } from "@palaver/core";
import { PalaverError } from "@palaver/core";
import { generate } from "@palaver/engine";
import { greedy } from "@palaver/sampling";
import { encodeFim, fimStopIds, findFim, renderFim } from "@palaver/template";

/** What a model wrote, and whether it ended by itself. */
export interface Continuation {
  readonly text: string;
  readonly ended: boolean;
}

/** The likeliest continuation of a text, without a template: what a base model does with a question. */
export async function continueText(model: Model, text: string, maxTokens: number): Promise<Continuation> {
  return joined(complete(model, text, { sampler: greedy(), maxTokens }));
}

/** The likeliest middle between a prefix and a suffix. @throws ERR_UNSUPPORTED for a model without markers */
export async function fillHole(
  model: Model,
  hole: { readonly prefix: string; readonly suffix: string },
  maxTokens: number,
): Promise<Continuation> {
  const { decoder, tokenizer } = model;
  const format = findFim(tokenizer);
  if (format === undefined) throw new PalaverError("ERR_UNSUPPORTED", `${model.name} cannot fill in the middle`);
  const prompt = encodeFim(tokenizer, format, renderFim(format, hole));
  const stopIds = [...fimStopIds(format, tokenizer), ...model.stopIds];
  return joined(generate({ decoder, tokenizer, prompt, sampler: greedy(), stopIds, maxTokens }));
}

// --- internal ---

async function joined(events: ReturnType<typeof generate>): Promise<Continuation> {
  let text = "";
  let ended = false;
  for await (const event of events) {
    if (event.type === "text-delta") text += event.text;
    else if (event.type === "finish") ended = event.reason === "stop";
  }
  return { text, ended };
}

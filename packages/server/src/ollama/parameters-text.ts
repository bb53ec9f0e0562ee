import type { ServableModel } from "../model-provider.ts";

/** Ollama's own lines have names of this width. */
const NAME_WIDTH = 30;

/** How a model is run unless a request says otherwise, as Ollama lists it: what its makers advise, and what ends an answer. */
export function parametersText({ samplingDefaults = {}, stopIds, tokenizer }: ServableModel): string {
  const parameters: readonly (readonly [name: string, value: number | string | undefined])[] = [
    ["temperature", samplingDefaults.temperature],
    ["top_k", samplingDefaults.topK],
    ["top_p", samplingDefaults.topP],
    ["min_p", samplingDefaults.minP],
    ["typical_p", samplingDefaults.typicalP],
    ["repeat_penalty", samplingDefaults.repetitionPenalty],
    ["presence_penalty", samplingDefaults.presencePenalty],
    ["frequency_penalty", samplingDefaults.frequencyPenalty],
    ...stopIds.map((id) => ["stop", tokenizer.idToToken(id)] as const),
  ];
  return parameters
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name.padEnd(NAME_WIDTH)} ${JSON.stringify(value)}`)
    .join("\n");
}

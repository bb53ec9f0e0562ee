import type { OpenedModel } from "@palaver/hub";
import { shortCount } from "./short-count.ts";

/** What people want to know about a model, as `show` prints it; null where the files do not tell. */
export function modelFacts({ name, details, form, tokenizer, template, stopIds }: OpenedModel) {
  const token = (id: number | undefined) => (id === undefined ? null : (tokenizer?.idToToken(id) ?? null));
  return {
    name,
    architecture: details.architecture ?? null,
    parameters: details.parameters === undefined ? null : shortCount(details.parameters),
    contextTokens: details.contextTokens ?? null,
    quantization: details.quantization ?? null,
    form: form.kind,
    vocabulary: tokenizer?.vocabSize ?? null,
    template: template !== undefined,
    beginToken: token(tokenizer?.special.bos),
    stopTokens: stopIds.map((id) => token(id) ?? String(id)),
  };
}

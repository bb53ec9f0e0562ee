import type { OpenedModel } from "@palaver/hub";
import { contextTokensOf } from "./context-tokens.ts";
import { modelMemory } from "./model-memory.ts";
import { shortCount } from "./short-count.ts";

/**
 * What people want to know about a model, as `show` prints it; null where the files do not tell. Memory is that of one
 * sequence of `contextTokens`, by default as long as `run` keeps room for. @throws ERR_INVALID_ARGUMENT for more than fit
 */
export function modelFacts(opened: OpenedModel, contextTokens?: number) {
  const { name, details, form, tokenizer, template, stopIds, specialTokens, report } = opened;
  const token = (id: number | undefined) => (id === undefined ? null : (tokenizer?.idToToken(id) ?? null));
  return {
    name,
    architecture: details.architecture ?? null,
    parameters: details.parameters === undefined ? null : shortCount(details.parameters),
    contextTokens: details.contextTokens ?? null,
    quantization: details.quantization ?? null,
    form: form.kind,
    ...(form.cacheType !== undefined && { cache: form.cacheType }),
    vocabulary: tokenizer?.vocabSize ?? null,
    template: template !== undefined,
    beginToken: token(tokenizer?.special.bos),
    stopTokens: stopIds.map((id) => token(id) ?? String(id)),
    specialTokens,
    memory: modelMemory(opened, contextTokensOf(opened, contextTokens)),
    import: report ?? null,
  };
}

import type { ServableModel, ServedModel } from "../model-provider.ts";
import { definedOf } from "../parse-fields.ts";
import { modelDetails, modifiedAt } from "./listed-model.ts";
import { parametersText } from "./parameters-text.ts";
import { templateCapabilities } from "./template-capabilities.ts";

/** The body of `/api/show`, for a model that is open or not. */
export function showBody(info: ServedModel, model: ServableModel | undefined, startedMs: number): object {
  const capabilities = info.capabilities ?? (model === undefined ? [] : templateCapabilities(model.template));
  return {
    parameters: model === undefined ? "" : parametersText(model),
    template: info.template ?? "",
    details: modelDetails(info),
    model_info: modelInfo(info, info.contextTokens ?? model?.decoder.contextTokens),
    capabilities: ["completion", ...capabilities],
    modified_at: modifiedAt(info, startedMs),
  };
}

// --- internal ---

/**
 * In the names of GGUF's metadata, of which clients read these: they look for the context's length under the name of the
 * architecture, so there is always one.
 */
function modelInfo({ name, family = "unknown", parameterCount }: ServedModel, contextTokens?: number): object {
  return definedOf({
    "general.architecture": family,
    "general.basename": name,
    "general.parameter_count": parameterCount,
    [`${family}.context_length`]: contextTokens,
  });
}

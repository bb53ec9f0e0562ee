import type { OpenServedModel } from "../model-provider.ts";
import { listedModel } from "./listed-model.ts";

/** Models stay open. Ollama says so by a time that is centuries away, which its client shows as `Forever`. */
const NEVER = "2300-01-01T00:00:00Z";

/** The body of `/api/ps`: the models that are open. Their memory is counted as the bytes of their files. */
export function psBody(models: readonly OpenServedModel[]): object {
  return {
    models: models.map(({ info, model: { decoder } }) => ({
      ...listedModel(info),
      expires_at: NEVER,
      size_vram: decoder.info.device === "cpu" ? 0 : (info.sizeBytes ?? 0),
      context_length: info.contextTokens ?? decoder.contextTokens,
    })),
  };
}

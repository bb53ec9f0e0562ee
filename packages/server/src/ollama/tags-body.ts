import type { ServedModel } from "../model-provider.ts";
import { listedModel, modifiedAt } from "./listed-model.ts";

/** The body of `/api/tags`. */
export function tagsBody(models: readonly ServedModel[], startedMs: number): object {
  return { models: models.map((info) => ({ ...listedModel(info), modified_at: modifiedAt(info, startedMs) })) };
}

import { fullName, type ServedModel } from "../model-provider.ts";

/** A model as `/v1/models` tells it: under the shortest name that requests may use. */
export function modelBody({ name, modifiedAt }: ServedModel, nowMs: number): object {
  const created = Math.floor((modifiedAt?.getTime() ?? nowMs) / 1000);
  return { id: fullName(name).replace(/:latest$/, ""), object: "model", created, owned_by: "palaver" };
}

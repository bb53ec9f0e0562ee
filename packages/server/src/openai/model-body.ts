import { fullName, type ServedModel } from "../model-provider.ts";

/** A model as `/v1/models` tells it: under the shortest name that requests may use. Where no time is known, it is `startedMs`. */
export function modelBody({ name, modifiedAt }: ServedModel, startedMs: number): object {
  const created = Math.floor((modifiedAt?.getTime() ?? startedMs) / 1000);
  return { id: fullName(name).replace(/:latest$/, ""), object: "model", created, owned_by: "palaver" };
}

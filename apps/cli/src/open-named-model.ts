import { type OpenedModel, type OpenModelOptions, openModel } from "@palaver/hub";
import { localPath } from "./local-path.ts";
import { shippedModel } from "./shipped-model.ts";

/** Opens what a MODEL on the command line means: a path, or the name of a model that ships. @throws as `openModel` and `localPath` */
export async function openNamedModel(name: string, options: OpenModelOptions = {}): Promise<OpenedModel> {
  const shipped = await shippedModel(name);
  const opened = await openModel(shipped?.path ?? (await localPath(name)), options);
  return shipped === undefined ? opened : { ...opened, name: shipped.name };
}

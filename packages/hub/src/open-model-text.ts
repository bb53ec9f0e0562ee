import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { PalaverError } from "@palaver/core";
import { parseGguf } from "@palaver/formats";
import { fileError } from "./file-error.ts";
import { openFileSource } from "./file-source.ts";
import { modelFolder } from "./model-folder.ts";
import { type Clock, folderText, ggufText, type ModelText } from "./model-text.ts";
import { namedError } from "./named-error.ts";

export interface OpenModelTextOptions {
  /** The clock that templates read. Default: the computer's. */
  readonly now?: Clock | undefined;
}

/**
 * Opens how a model reads and writes text, and nothing else of it: a folder may hold only tokenizer and template files, of
 * a GGUF only the metadata are read. Nothing is imported.
 * @throws ERR_NOT_FOUND, ERR_FORMAT with the file's path, ERR_UNSUPPORTED, ERR_LIMIT, ERR_INVALID_ARGUMENT, ERR_IO
 */
export async function openModelText(path: string, { now }: OpenModelTextOptions = {}): Promise<ModelText> {
  if (path === "" || path.includes("\0")) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", "a model's path must not be empty and holds no NUL");
  }
  const absolute = resolve(path);
  const info = await stat(absolute).catch((error) => {
    throw fileError(error, absolute);
  });
  if (info.isDirectory()) return folderText(modelFolder(absolute), undefined, now);
  if (!info.isFile()) throw new PalaverError("ERR_INVALID_ARGUMENT", `${absolute} is neither a folder nor a file`);
  const file = await openFileSource(absolute);
  try {
    return ggufText((await parseGguf(file)).metadata, absolute, now);
  } catch (error) {
    throw namedError(error, absolute);
  } finally {
    await file.close();
  }
}

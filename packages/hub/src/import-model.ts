import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { PalaverError } from "@palaver/core";
import type { CacheScales } from "@palaver/graph";
import { fileError, systemCode } from "./file-error.ts";
import { findModel } from "./find-model.ts";
import { MANIFEST } from "./import-manifest.ts";
import type { ImportOptions } from "./import-options.ts";
import type { ImportReport } from "./import-report.ts";
import { openModelText } from "./open-model-text.ts";
import { stageFolder } from "./staged-folder.ts";
import { IMPORT_FILES, writeImport } from "./write-import.ts";

/** What an import to a chosen place may have besides. */
export interface ImportModelOptions extends ImportOptions {
  /**
   * Scales of int8 caches, as `CacheCalibration` of `@palaver/graph` gives them: keys and values take a quarter of the
   * memory, on the CPU only, with accuracy that is to be measured for each model. Default: float32 caches.
   */
  readonly cacheScales?: readonly CacheScales[] | undefined;
}

/**
 * Imports a safetensors folder or a GGUF as an ONNX folder that `openModel` opens, tokenizer and template included.
 * The folder appears whole or not at all; an earlier import at its place is replaced, also behind a link. Gives what is
 * worth knowing.
 * @throws ERR_INVALID_ARGUMENT for a folder that holds something else or cannot be replaced or a source that needs no import, ERR_NOT_FOUND,
 * ERR_FORMAT, ERR_UNSUPPORTED, ERR_IO; `signal.reason` when aborted
 */
export async function importModel(
  source: string,
  outDir: string,
  options: ImportModelOptions = {},
): Promise<ImportReport> {
  const found = await findModel(source);
  if (found.kind !== "checkpoint") {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `${found.path} is an ONNX folder already: open it as it is`);
  }
  const target = await realTarget(outDir);
  // A broken tokenizer shows before minutes of import, and not when the folder is opened.
  await openModelText(found.path);
  const { name } = found;
  let report: ImportReport = { notes: [] };
  const write = async (folder: string): Promise<void> => {
    report = await writeImport(found.source, folder, { ...options, name });
  };
  await stageFolder(target, write, { existing: "replace" });
  return report;
}

// --- internal ---

/** Where the folder will be put: the place itself, not a link to it. Looked at now, since after the import it would be late. */
async function realTarget(outDir: string): Promise<string> {
  const path = resolve(outDir);
  const target = await realpath(path).catch((error) => {
    if (systemCode(error) === "ENOENT") return undefined;
    if (systemCode(error) === "ENOTDIR") throw refusal(path, "lies below a file");
    throw fileError(error, path);
  });
  if (target === undefined) {
    if (await isThere(path)) throw refusal(path, "is a link to nothing");
    return path;
  }
  await refuseMountPoint(target);
  await refuseForeign(target);
  return target;
}

function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

// A folder is put in place by renaming, and where a device is mounted nothing can be renamed to.
async function refuseMountPoint(target: string): Promise<void> {
  const [own, parent] = await Promise.all([stat(target), stat(dirname(target))]);
  if (own.dev === parent.dev) return;
  throw refusal(target, "is a mount point, which cannot be replaced", "choose a folder inside it");
}

async function refuseForeign(target: string): Promise<void> {
  const names = await readdir(target).catch((error) => {
    if (systemCode(error) === "ENOTDIR") throw refusal(target, "is a file");
    throw fileError(error, target);
  });
  const isImport = names.includes(MANIFEST) && names.every((name) => IMPORT_FILES.has(name));
  if (names.length === 0 || isImport) return;
  throw refusal(target, "holds files that no import wrote");
}

function refusal(target: string, reason: string, advice = "choose an empty or new folder"): PalaverError {
  return new PalaverError("ERR_INVALID_ARGUMENT", `${target} ${reason}: ${advice}`, {
    details: { path: target },
  });
}

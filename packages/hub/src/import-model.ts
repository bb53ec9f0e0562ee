import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
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
 * The folder appears whole or not at all; an earlier import at its place is replaced. Gives what is worth knowing.
 * @throws ERR_INVALID_ARGUMENT for a folder that holds something else or a source that needs no import, ERR_NOT_FOUND,
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
  const target = resolve(outDir);
  await refuseForeign(target);
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

async function refuseForeign(target: string): Promise<void> {
  const names = await readdir(target).catch((error): string[] => {
    if (systemCode(error) === "ENOENT") return [];
    if (systemCode(error) === "ENOTDIR") throw refusal(target, "is a file");
    throw fileError(error, target);
  });
  const isImport = names.includes(MANIFEST) && names.every((name) => IMPORT_FILES.has(name));
  if (names.length === 0 || isImport) return;
  throw refusal(target, "holds files that no import wrote");
}

function refusal(target: string, reason: string): PalaverError {
  return new PalaverError("ERR_INVALID_ARGUMENT", `${target} ${reason}: choose an empty or new folder`, {
    details: { path: target },
  });
}

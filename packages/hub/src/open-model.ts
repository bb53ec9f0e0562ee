import { join, resolve } from "node:path";
import { cacheDirectory } from "./cache-directory.ts";
import { cachedImport, type IntactImport } from "./cached-import.ts";
import type { DecoderForm, ModelDetails } from "./decoder-form.ts";
import { findModel } from "./find-model.ts";
import type { ImportOptions } from "./import-options.ts";
import { folderText, type ModelText } from "./model-text.ts";
import { openModelText } from "./open-model-text.ts";
import { GRAPH, PREFILL_GRAPH } from "./write-import.ts";

export interface OpenModelOptions extends ImportOptions {
  /** Where checkpoints are imported to, once each. Default: `cacheDirectory()`. */
  readonly cacheDir?: string | undefined;
}

/** A model ready to be run: where its graph is, how to drive it, how it reads and writes text. */
export interface OpenedModel extends ModelText {
  /** The last part of its path, without `.gguf`. */
  readonly name: string;
  /** The absolute path that was opened. */
  readonly source: string;
  /** The graph's file; its external data lies beside it. */
  readonly onnxPath: string;
  /** The graph that takes prompts in its place, where the import has one: the same inputs, outputs and caches. */
  readonly prefillPath?: string;
  readonly form: DecoderForm;
  readonly details: ModelDetails;
}

/**
 * Opens what people point at: a folder with `config.json` and safetensors, a GGUF file, a folder that was imported, or a
 * ready-made ONNX folder. Checkpoints are imported into the cache the first time, which takes as long as reading and
 * writing them, and are found there again whatever path they are opened by.
 * @throws ERR_NOT_FOUND for a path or a file that is missing, ERR_FORMAT for a malformed file, ERR_UNSUPPORTED for an
 * architecture or tokenizer that is not known, ERR_INVALID_ARGUMENT, ERR_LIMIT, ERR_IO; `signal.reason` when aborted
 */
export async function openModel(path: string, options: OpenModelOptions = {}): Promise<OpenedModel> {
  const { cacheDir = cacheDirectory(), signal } = options;
  signal?.throwIfAborted();
  const found = await findModel(path);
  const { name } = found;
  const source = found.path;
  if (found.kind === "onnx") {
    const { onnxPath, form, details, generation } = found.onnx;
    return { name, source, onnxPath, form, details, ...(await folderText(found.folder, generation)) };
  }
  if (found.kind === "import") {
    return { name, source, ...graphOf(found.imported), ...(await folderText(found.imported.folder)) };
  }
  // The text first: a broken tokenizer shows before minutes of import.
  const text = await openModelText(source);
  const imported = await cachedImport(found.source, { ...options, cacheDir: resolve(cacheDir), name });
  return { name, source, ...graphOf(imported), ...text };
}

// --- internal ---

function graphOf({
  folder,
  manifest,
}: IntactImport): Pick<OpenedModel, "onnxPath" | "prefillPath" | "form" | "details"> {
  const { form, details, files } = manifest;
  const prefill = Object.hasOwn(files, PREFILL_GRAPH) ? { prefillPath: join(folder.path, PREFILL_GRAPH) } : {};
  return { onnxPath: join(folder.path, GRAPH), ...prefill, form, details };
}

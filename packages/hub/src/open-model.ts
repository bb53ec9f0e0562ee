import { join, resolve } from "node:path";
import { PalaverError } from "@palaver/core";
import { findAdapter } from "./adapter.ts";
import { cacheDirectory } from "./cache-directory.ts";
import { cachedImport, type IntactImport } from "./cached-import.ts";
import type { DecoderForm, ModelDetails } from "./decoder-form.ts";
import { findModel } from "./find-model.ts";
import { longContext } from "./import-context.ts";
import type { ImportOptions } from "./import-options.ts";
import type { ImportReport } from "./import-report.ts";
import { folderText, type ModelText } from "./model-text.ts";
import type { OnnxDtype } from "./onnx-graph-file.ts";
import { openModelText } from "./open-model-text.ts";
import { GRAPH, PREFILL_GRAPH } from "./write-import.ts";

export interface OpenModelOptions extends ImportOptions {
  /** Where checkpoints are imported to, once each. Default: `cacheDirectory()`. */
  readonly cacheDir?: string | undefined;
  /** The folder of a low-rank adapter in PEFT's form, which is merged into the checkpoint when it is imported. Default: none. */
  readonly adapter?: string | undefined;
  /** Which graph of a ready-made ONNX folder. Default: fp32, or else the only one there is. */
  readonly dtype?: OnnxDtype | undefined;
  /**
   * A sequence length that has to fit, for models that are built for short or for long sequences (LongRoPE): beyond the
   * original context the long form is imported. Default: the original context is enough.
   */
  readonly neededContextTokens?: number | undefined;
}

/** A model ready to be run: where its graph is, how to drive it, how it reads and writes text. */
export interface OpenedModel extends ModelText {
  /** The last part of its path, without `.gguf`. */
  readonly name: string;
  /** The absolute path that was opened. */
  readonly source: string;
  /** The graph's file, perhaps a link; its external data lies beside this path. */
  readonly onnxPath: string;
  /** The graph that takes prompts in its place, where the import has one: the same inputs, outputs and caches. */
  readonly prefillPath?: string;
  readonly form: DecoderForm;
  readonly details: ModelDetails;
  /** Bytes of the graph and its external data: what is read, mapped and repacked when it is opened. */
  readonly fileBytes: number;
  /** What its import told; undefined for a ready-made graph. */
  readonly report: ImportReport | undefined;
}

/**
 * Opens what people point at: a folder with `config.json` and safetensors, a GGUF file, a folder that was imported, or a
 * ready-made ONNX folder. Checkpoints are imported into the cache the first time, which takes as long as reading and
 * writing them, and are found there again whatever path they are opened by.
 * @throws ERR_NOT_FOUND for a path or a file that is missing, ERR_FORMAT for a malformed file, ERR_UNSUPPORTED for an
 * architecture or tokenizer that is not known, ERR_INVALID_ARGUMENT, ERR_LIMIT, ERR_IO; `signal.reason` when aborted
 */
export async function openModel(path: string, options: OpenModelOptions = {}): Promise<OpenedModel> {
  const { cacheDir = cacheDirectory(), signal, dtype, neededContextTokens, ...importOptions } = options;
  signal?.throwIfAborted();
  const found = await findModel(path, dtype);
  const { name } = found;
  const source = found.path;
  if (options.adapter !== undefined && found.kind !== "checkpoint") throw unmergeable(source);
  if (found.kind === "onnx") {
    const { onnxPath, form, details, fileBytes, generation } = found.onnx;
    const text = await folderText(found.folder, generation);
    return { name, source, onnxPath, form, details, fileBytes, report: undefined, ...text };
  }
  if (found.kind === "import") {
    return { name, source, ...graphOf(found.imported), ...(await folderText(found.imported.folder)) };
  }
  // The text first: a broken tokenizer shows before minutes of import.
  const text = await openModelText(source);
  const contextTokens = options.contextTokens ?? (await longContext(found.source, neededContextTokens));
  const adapter = options.adapter === undefined ? undefined : await findAdapter(options.adapter);
  const imported = await cachedImport(
    { ...found.source, adapter },
    { ...importOptions, contextTokens, signal, cacheDir: resolve(cacheDir), name },
  );
  return { name, source, ...graphOf(imported), ...text };
}

// --- internal ---

function unmergeable(path: string): PalaverError {
  const message = `${path} is an ONNX folder, into which no adapter can be merged: open the checkpoint that it was made from`;
  return new PalaverError("ERR_UNSUPPORTED", message, { details: { path } });
}

type GraphFacts = Pick<OpenedModel, "onnxPath" | "prefillPath" | "form" | "details" | "fileBytes" | "report">;

function graphOf({ folder, manifest }: IntactImport): GraphFacts {
  const { form, details, files, report } = manifest;
  const prefill = Object.hasOwn(files, PREFILL_GRAPH) ? { prefillPath: join(folder.path, PREFILL_GRAPH) } : {};
  const fileBytes = Object.values(files).reduce((sum, bytes) => sum + bytes, 0);
  return { onnxPath: join(folder.path, GRAPH), ...prefill, form, details, fileBytes, report };
}

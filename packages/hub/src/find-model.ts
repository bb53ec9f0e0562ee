import { open, readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { PalaverError } from "@palaver/core";
import { type IntactImport, readImport } from "./cached-import.ts";
import { fileError } from "./file-error.ts";
import { type ImportSource, safetensorsFiles } from "./import-source.ts";
import { inspectGraph } from "./inspect-graph.ts";
import { type ModelFolder, modelFolder } from "./model-folder.ts";
import { type OnnxFolder, readOnnxFolder } from "./onnx-folder.ts";
import type { OnnxDtype } from "./onnx-graph-file.ts";
import { GRAPH, PREFILL_GRAPH } from "./write-import.ts";

/** What lies where somebody points: a checkpoint to import, an import, or a ready-made graph. */
export type FoundModel = (
  | { readonly kind: "checkpoint"; readonly source: ImportSource }
  | { readonly kind: "import"; readonly imported: IntactImport }
  | { readonly kind: "onnx"; readonly folder: ModelFolder; readonly onnx: OnnxFolder }
) & {
  /** The absolute path that was pointed at. */
  readonly path: string;
  /** What people would call it. */
  readonly name: string;
};

/**
 * Finds out what a path means. In a folder an earlier import is preferred to a safetensors checkpoint, and that to a
 * ready-made graph, because the graph that Palaver writes is the faster one. A dtype asks for the ready-made graph.
 * @throws ERR_NOT_FOUND, ERR_INVALID_ARGUMENT for a file that is no GGUF, ERR_FORMAT, ERR_UNSUPPORTED, ERR_IO
 */
export async function findModel(pointedAt: string, dtype?: OnnxDtype): Promise<FoundModel> {
  if (pointedAt === "" || pointedAt.includes("\0")) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", "a model's path must not be empty and holds no NUL");
  }
  const path = resolve(pointedAt);
  const info = await stat(path).catch((error) => {
    throw fileError(error, path);
  });
  const found = { path, name: modelName(path) };
  if (info.isFile() && dtype !== undefined) throw noDtype(path);
  if (info.isFile()) return { ...found, kind: "checkpoint", source: await ggufSource(path) };
  if (!info.isDirectory()) throw notAModel(path);
  const folder = modelFolder(path);
  if (dtype !== undefined) {
    const chosen = await readOnnxFolder(folder, dtype);
    if (chosen === undefined) throw noDtype(path);
    return { ...found, kind: "onnx", folder, onnx: chosen };
  }
  const imported = await readImport(folder);
  if (imported !== undefined) {
    await inspectImport(imported);
    return { ...found, kind: "import", imported };
  }
  const files = await safetensorsFiles(folder);
  if (files !== undefined) {
    if ((await folder.find("config.json")) === undefined) throw missingConfig(path);
    return { ...found, kind: "checkpoint", source: { kind: "safetensors", path, folder, files } };
  }
  const onnx = await readOnnxFolder(folder);
  if (onnx !== undefined) return { ...found, kind: "onnx", folder, onnx };
  throw await noModel(path);
}

// --- internal ---

// Anybody can write a palaver.json: an import outside the cache is trusted no more than any folder with a graph.
async function inspectImport({ folder, manifest }: IntactImport): Promise<void> {
  for (const name of [GRAPH, PREFILL_GRAPH]) {
    if (Object.hasOwn(manifest.files, name)) await inspectGraph(folder, name);
  }
}

// A snapshot in the Hub's cache is named by its revision; the model's name is two folders up.
function modelName(path: string): string {
  const repository = basename(dirname(dirname(path)));
  if (basename(dirname(path)) === "snapshots" && repository.startsWith("models--")) {
    return repository.slice("models--".length).replace("--", "/");
  }
  return basename(path).replace(/\.gguf$/i, "");
}

async function ggufSource(path: string): Promise<ImportSource> {
  const handle = await open(path, "r").catch((error) => {
    throw fileError(error, path);
  });
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0).finally(() => handle.close());
  const isGguf = buffer.toString("latin1", 0, bytesRead) === "GGUF";
  if (!isGguf && !/\.gguf$/i.test(path)) throw notAModel(path);
  return { kind: "gguf", path, files: [path] };
}

function notAModel(path: string): PalaverError {
  return new PalaverError(
    "ERR_INVALID_ARGUMENT",
    `${path} is neither a folder nor a GGUF file: give the folder that holds the model's files`,
    { details: { path } },
  );
}

function noDtype(path: string): PalaverError {
  const message = `${path} holds no ready-made ONNX graphs, among which a dtype chooses: leave the dtype out`;
  return new PalaverError("ERR_INVALID_ARGUMENT", message, { details: { path } });
}

function missingConfig(path: string): PalaverError {
  return new PalaverError("ERR_NOT_FOUND", `${join(path, "config.json")} is missing beside the weights: fetch it`, {
    details: { path: join(path, "config.json") },
  });
}

const LOOKED_FOR = [
  "palaver.json",
  "model.safetensors",
  "model.safetensors.index.json",
  "genai_config.json",
  "model.onnx",
  "onnx/model.onnx",
  "model_DTYPE.onnx of another dtype",
];

async function noModel(path: string): Promise<PalaverError> {
  const gguf = (await readdir(path)).find((name) => /\.gguf$/i.test(name));
  const hint = gguf === undefined ? "" : `; for ${gguf} give that file's path`;
  return new PalaverError("ERR_NOT_FOUND", `${path} holds no model: looked for ${LOOKED_FOR.join(", ")}${hint}`, {
    details: { path, lookedFor: LOOKED_FOR },
  });
}

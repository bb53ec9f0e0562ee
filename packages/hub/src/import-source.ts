import { join } from "node:path";
import { PalaverError } from "@palaver/core";
import { type GgufFile, parseGguf, parseSafetensorsIndex } from "@palaver/formats";
import {
  type DecoderConfig,
  ggufWeights,
  hasPictures,
  parseGgufConfig,
  parseHfConfig,
  safetensorsWeights,
  textModelWeights,
  type Weights,
} from "@palaver/graph";
import { type AdapterSource, openMergedWeights } from "./adapter.ts";
import { type FileSource, openFileSource } from "./file-source.ts";
import type { ModelFolder } from "./model-folder.ts";
import { namedError } from "./named-error.ts";

/** A checkpoint that can be imported: where its weights are, and their files in a fixed order; with an adapter to merge in. */
export type ImportSource = { readonly adapter?: AdapterSource | undefined } & (
  | { readonly kind: "gguf"; readonly path: string; readonly files: readonly string[] }
  | {
      readonly kind: "safetensors";
      readonly path: string;
      readonly folder: ModelFolder;
      /** Real paths of the shards. */
      readonly files: readonly string[];
    }
);

/** A checkpoint opened for reading. */
export interface OpenedSource {
  readonly config: DecoderConfig;
  readonly weights: Weights;
  /** The header of a GGUF, which carries tokenizer and template as well. */
  readonly gguf: GgufFile | undefined;
  /** What is left out of the weights, a sentence each. */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

const INDEX = "model.safetensors.index.json";
const SINGLE = "model.safetensors";

/** Far more files than any published checkpoint has. All of them are open at once when it is imported. */
const MAX_SHARDS = 4096;

/**
 * The files of a safetensors checkpoint in this folder; undefined where there is none. A single file is taken before an
 * index, as transformers does: an index beside it is left over from something else.
 * @throws ERR_FORMAT, ERR_NOT_FOUND, ERR_LIMIT, ERR_IO
 */
export async function safetensorsFiles(folder: ModelFolder): Promise<string[] | undefined> {
  const single = await folder.find(SINGLE);
  if (single !== undefined) return [single];
  const index = await folder.text(INDEX);
  if (index === undefined) return undefined;
  const { files } = parseSafetensorsIndex(index);
  if (files.length > MAX_SHARDS) {
    const path = join(folder.path, INDEX);
    throw new PalaverError("ERR_LIMIT", `${path} names ${files.length} files, at most ${MAX_SHARDS} are taken`);
  }
  const paths: string[] = [];
  for (const name of files) {
    const path = await folder.find(name);
    if (path === undefined)
      throw new PalaverError("ERR_NOT_FOUND", `${join(folder.path, name)} is missing, which ${INDEX} names: fetch it`);
    paths.push(path);
  }
  return paths;
}

/** Opens a checkpoint's weights and reads its description. @throws ERR_FORMAT, ERR_UNSUPPORTED, ERR_NOT_FOUND, ERR_IO */
export async function openSource(source: ImportSource): Promise<OpenedSource> {
  const opened: FileSource[] = [];
  const close = async (): Promise<void> => {
    for (const file of opened.toReversed()) await file.close();
  };
  try {
    for (const path of source.files) opened.push(await openFileSource(path));
    const read = source.kind === "gguf" ? await readGguf(opened[0]!) : await readFolder(source.folder, opened);
    if (source.adapter === undefined) return { ...read, close };
    const merged = await openMergedWeights(read.weights, source.adapter);
    return { ...read, weights: merged.weights, close: () => merged.close().finally(close) };
  } catch (error) {
    await close();
    throw namedError(error, source.path);
  }
}

// --- internal ---

async function readGguf(file: FileSource): Promise<Omit<OpenedSource, "close">> {
  const gguf = await parseGguf(file);
  const parts = gguf.metadata.get("split.count")?.value;
  if (typeof parts === "number" && parts > 1) {
    throw new PalaverError(
      "ERR_UNSUPPORTED",
      `the file is one of ${parts} parts: merge them (llama-gguf-split --merge)`,
    );
  }
  const config = parseGgufConfig(gguf);
  return { config, weights: ggufWeights(file, gguf, config), gguf, notes: [] };
}

async function readFolder(folder: ModelFolder, shards: readonly FileSource[]): Promise<Omit<OpenedSource, "close">> {
  const json = await folder.json("config.json");
  const config = parseHfConfig(json);
  const all = await safetensorsWeights(shards);
  if (!hasPictures(json)) return { config, weights: all, gguf: undefined, notes: [] };
  const { weights, ignored } = textModelWeights(all);
  const notes = [
    `this is a model of pictures and text: its text model is taken, ${ignored.length} tensors are left out`,
  ];
  return { config, weights, gguf: undefined, notes };
}

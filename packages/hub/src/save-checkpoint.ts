import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { PalaverError } from "@palaver/core";
import { type SafetensorsEntry, writeSafetensors } from "@palaver/formats";
import type { Weights } from "@palaver/graph";
import { removeAbandoned } from "./abandoned-files.ts";
import { fileError } from "./file-error.ts";
import { createFileSink } from "./file-sink.ts";
import { findModel } from "./find-model.ts";
import { openSource } from "./import-source.ts";
import { makeFolder } from "./make-folder.ts";
import { syncFolder } from "./sync-folder.ts";
import { copyTextFiles, writeGgufText } from "./write-import.ts";

const WEIGHTS = "model.safetensors";
const TEMPORARY = `.${WEIGHTS}.tmp-`;

/**
 * Writes weights as a safetensors folder like that of the checkpoint they were made from: `base`'s configuration,
 * tokenizer and template come along. The folder may hold other files; the weights appear last, whole or not at all.
 * @throws ERR_INVALID_ARGUMENT where `base` is no checkpoint or a tensor is not F32, F16 or BF16, ERR_NOT_FOUND, ERR_FORMAT, ERR_IO
 */
export async function saveCheckpoint(base: string, outDir: string, weights: Weights): Promise<void> {
  const target = resolve(outDir);
  await makeFolder(target);
  const folder = join(target, `${TEMPORARY}${randomBytes(6).toString("hex")}`);
  try {
    await removeAbandoned(target, (name) => name.startsWith(TEMPORARY));
    await mkdir(folder);
    await writeText(base, folder);
    await writeWeights(join(folder, WEIGHTS), weights);
    const names = await readdir(folder);
    for (const name of [...names.filter((other) => other !== WEIGHTS), WEIGHTS]) {
      await rename(join(folder, name), join(target, name));
    }
    await syncFolder(target);
  } catch (error) {
    throw fileError(error, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// --- internal ---

async function writeText(base: string, folder: string): Promise<void> {
  const found = await findModel(base);
  if (found.kind !== "checkpoint") {
    throw new PalaverError(
      "ERR_INVALID_ARGUMENT",
      `${found.path} is an ONNX folder: it is not where the weights are from`,
    );
  }
  const { source } = found;
  if (source.kind === "safetensors") {
    await copyTextFiles(source.folder, folder);
    await nameFloatType(join(folder, "config.json"));
    return;
  }
  const opened = await openSource(source);
  try {
    // A GGUF that was opened has its header.
    await writeGgufText(opened, opened.gguf!, folder);
  } finally {
    await opened.close();
  }
}

/** The configuration names the type that the checkpoint had: readers would round to it. */
async function nameFloatType(path: string): Promise<void> {
  // `findModel` and the import's reader have parsed it as an object before.
  const config = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
  for (const key of ["torch_dtype", "dtype"]) if (key in config) config[key] = "float32";
  await writeFile(path, `${JSON.stringify(config, undefined, 2)}\n`);
}

async function writeWeights(path: string, weights: Weights): Promise<void> {
  const tensors = new Map<string, SafetensorsEntry & { readonly bytes: AsyncIterable<Uint8Array> }>();
  for (const [name, { type, shape }] of weights.tensors) {
    if (type !== "F32" && type !== "F16" && type !== "BF16") {
      throw new PalaverError("ERR_INVALID_ARGUMENT", `${name} is ${type}: a safetensors folder has floats`);
    }
    tensors.set(name, { type, shape, bytes: readOnce(weights, name) });
  }
  const sink = await createFileSink(path);
  try {
    // The marker by which transformers knows the tensors' framework.
    await writeSafetensors(sink, { tensors, metadata: new Map([["format", "pt"]]) });
    await sink.finish();
  } catch (error) {
    await sink.close().catch(() => undefined);
    throw error;
  }
}

async function* readOnce(weights: Weights, name: string): AsyncGenerator<Uint8Array> {
  yield await weights.read(name);
}

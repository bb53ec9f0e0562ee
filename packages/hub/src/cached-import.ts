import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { isPalaverError, PalaverError } from "@palaver/core";
import { fileError } from "./file-error.ts";
import { fileHash } from "./file-hash.ts";
import { fileIdentity } from "./file-identity.ts";
import { IMPORT_VERSION, type ImportManifest, MANIFEST, readManifest } from "./import-manifest.ts";
import type { ImportOptions } from "./import-options.ts";
import type { ImportSource } from "./import-source.ts";
import { type ModelFolder, modelFolder } from "./model-folder.ts";
import { removeAbandonedFolders, stageFolder } from "./staged-folder.ts";
import { TEXT_FILES } from "./text-files.ts";
import { GRAPH, writeImport } from "./write-import.ts";

/** An imported folder whose files are all there. */
export interface IntactImport {
  readonly folder: ModelFolder;
  readonly manifest: ImportManifest;
}

/**
 * A checkpoint's import in the cache, made now if it is not there. It is found by what the source's files hold, so a
 * copy or another path is the same model. Several processes may import at once: each writes its own, the first is kept.
 * @throws ERR_FORMAT, ERR_UNSUPPORTED, ERR_NOT_FOUND, ERR_IO; `signal.reason` when aborted
 */
export async function cachedImport(
  source: ImportSource,
  { cacheDir, name, ...options }: ImportOptions & { readonly cacheDir: string; readonly name: string },
): Promise<IntactImport> {
  const inputs = await importInputs(source);
  // Before anything is hashed: what is imported must be what the key was made from.
  const before = await identities(inputs.paths);
  const key = await importKey(source, inputs, { cacheDir, ...options });
  const imports = join(cacheDir, "imports");
  // A cache that is not there yet, or may only be read, opens what it holds all the same.
  await removeAbandonedFolders(imports).catch(() => undefined);
  const target = join(imports, key);
  const found = await intact(target);
  if (found !== undefined) return found;
  const isDamaged = await stat(target).then(
    () => true,
    () => false,
  );
  const write = async (folder: string): Promise<void> => {
    await writeImport(source, folder, { ...options, name });
    const { paths } = await importInputs(source);
    if ((await identities(paths)) === before) return;
    throw new PalaverError("ERR_IO", `${source.path} changed while it was imported: try again`);
  };
  await stageFolder(target, write, { existing: isDamaged ? "replace" : "keep" });
  const made = await intact(target);
  if (made !== undefined) return made;
  throw new PalaverError("ERR_IO", `${target} was damaged while it was written: try again`, {
    details: { path: target },
  });
}

/** A folder's import; undefined where there is none. @throws ERR_FORMAT for files that are not named, missing or cut, ERR_IO */
export async function readImport(folder: ModelFolder): Promise<IntactImport | undefined> {
  const manifest = await readManifest(folder);
  if (manifest === undefined) return undefined;
  if (!Object.hasOwn(manifest.files, GRAPH)) {
    const path = join(folder.path, MANIFEST);
    throw new PalaverError("ERR_FORMAT", `${path} names no ${GRAPH}: import the model again`, { details: { path } });
  }
  for (const [name, bytes] of Object.entries(manifest.files)) {
    const path = await folder.find(name);
    const size = path === undefined ? undefined : (await stat(path)).size;
    if (size === bytes) continue;
    const found = size === undefined ? "is missing" : `has ${size} bytes instead of ${bytes}`;
    throw new PalaverError("ERR_FORMAT", `${join(folder.path, name)} ${found}: import the model again`, {
      details: { path: join(folder.path, name) },
    });
  }
  return { folder, manifest };
}

// --- internal ---

/**
 * Raised when the same source becomes another model, so that what an earlier version cached is made anew: folders that people
 * imported themselves are read as before.
 */
const CACHE_VERSION = 1;

// In the cache a damaged import, or one of another version, is made anew.
async function intact(path: string): Promise<IntactImport | undefined> {
  try {
    return await readImport(modelFolder(path));
  } catch (error) {
    if (isPalaverError(error, "ERR_IO")) throw error;
    return undefined;
  }
}

/** What an import reads. */
interface ImportInputs {
  /** Real paths: weights, adapter, files about text. */
  readonly paths: readonly string[];
  /** Names of those about text. */
  readonly texts: readonly string[];
}

async function importInputs(source: ImportSource): Promise<ImportInputs> {
  const paths = [...source.files, ...(source.adapter?.files ?? [])];
  const texts: string[] = [];
  if (source.kind === "gguf") return { paths, texts };
  for (const name of TEXT_FILES) {
    const path = await source.folder.find(name);
    if (path === undefined) continue;
    paths.push(path);
    texts.push(name);
  }
  return { paths, texts };
}

async function importKey(
  source: ImportSource,
  { paths, texts }: ImportInputs,
  { cacheDir, onProgress, signal, ...options }: ImportOptions & { readonly cacheDir: string },
): Promise<string> {
  const { quantize = "none", block, prefill = "none", contextTokens } = options;
  let totalBytes = 0;
  for (const path of paths) totalBytes += await fileBytes(path);
  let doneBytes = 0;
  const onBytes = (bytes: number): void => {
    doneBytes += bytes;
    onProgress?.({ phase: "hash", doneBytes, totalBytes });
  };
  const hashes: string[] = [];
  for (const path of paths) {
    hashes.push(await fileHash(path, { memoFolder: join(cacheDir, "hashes"), onBytes, signal }));
  }
  const merged = source.adapter === undefined ? [] : ["adapter"];
  const form = [quantize, block ?? null, prefill, contextTokens ?? null];
  const identity = [...merged, IMPORT_VERSION, CACHE_VERSION, source.kind, ...form, texts, hashes];
  return createHash("sha256").update(JSON.stringify(identity)).digest("hex");
}

async function identities(paths: readonly string[]): Promise<string> {
  const lines: string[] = [];
  for (const path of paths) lines.push(await fileIdentity(path));
  return lines.join("\n");
}

async function fileBytes(path: string): Promise<number> {
  const { size } = await stat(path).catch((error) => {
    throw fileError(error, path);
  });
  return size;
}

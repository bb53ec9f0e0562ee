import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { isPalaverError, PalaverError } from "@palaver/core";
import { fileHash } from "./file-hash.ts";
import { IMPORT_VERSION, type ImportManifest, readManifest } from "./import-manifest.ts";
import type { ImportOptions } from "./import-options.ts";
import type { ImportSource } from "./import-source.ts";
import { type ModelFolder, modelFolder } from "./model-folder.ts";
import { stageFolder } from "./staged-folder.ts";
import { TEXT_FILES } from "./text-files.ts";
import { writeImport } from "./write-import.ts";

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
  const key = await importKey(source, cacheDir, options);
  const target = join(cacheDir, "imports", key);
  const found = await intact(target);
  if (found !== undefined) return found;
  const isDamaged = await stat(target).then(
    () => true,
    () => false,
  );
  const inputs = [...source.files, ...(source.adapter?.files ?? [])];
  const before = await identities(inputs);
  const write = async (folder: string): Promise<void> => {
    await writeImport(source, folder, { ...options, name });
    if ((await identities(inputs)) === before) return;
    throw new PalaverError("ERR_IO", `${source.path} changed while it was imported: try again`);
  };
  await stageFolder(target, write, { existing: isDamaged ? "replace" : "keep" });
  const made = await intact(target);
  if (made !== undefined) return made;
  throw new PalaverError("ERR_IO", `${target} was damaged while it was written: try again`, {
    details: { path: target },
  });
}

/** A folder's import; undefined where there is none. @throws ERR_FORMAT for files that are missing or cut, ERR_IO */
export async function readImport(folder: ModelFolder): Promise<IntactImport | undefined> {
  const manifest = await readManifest(folder);
  if (manifest === undefined) return undefined;
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

// In the cache a damaged import, or one of another version, is made anew.
async function intact(path: string): Promise<IntactImport | undefined> {
  try {
    return await readImport(modelFolder(path));
  } catch (error) {
    if (isPalaverError(error, "ERR_IO")) throw error;
    return undefined;
  }
}

async function importKey(source: ImportSource, cacheDir: string, options: ImportOptions): Promise<string> {
  const { quantize = "none", block, prefill = "none", contextTokens, onProgress, signal } = options;
  const texts = await textFiles(source);
  const adapter = source.adapter?.files ?? [];
  const files = [...source.files, ...adapter, ...texts.map(([, path]) => path)];
  const sizes = await Promise.all(files.map(async (path) => (await stat(path)).size));
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
  let doneBytes = 0;
  const onBytes = (bytes: number): void => {
    doneBytes += bytes;
    onProgress?.({ phase: "hash", doneBytes, totalBytes });
  };
  const hashes: string[] = [];
  for (const path of files) {
    hashes.push(await fileHash(path, { memoFolder: join(cacheDir, "hashes"), onBytes, signal }));
  }
  const names = texts.map(([name]) => name);
  // Without an adapter the key is what it was before there were any.
  const merged = adapter.length === 0 ? [] : ["adapter"];
  const form = [quantize, block ?? null, prefill, contextTokens ?? null];
  const identity = [...merged, IMPORT_VERSION, source.kind, ...form, names, hashes];
  return createHash("sha256").update(JSON.stringify(identity)).digest("hex");
}

async function textFiles(source: ImportSource): Promise<[string, string][]> {
  if (source.kind === "gguf") return [];
  const found: [string, string][] = [];
  for (const name of TEXT_FILES) {
    const path = await source.folder.find(name);
    if (path !== undefined) found.push([name, path]);
  }
  return found;
}

async function identities(paths: readonly string[]): Promise<string> {
  const infos = await Promise.all(paths.map((path) => stat(path, { bigint: true })));
  return infos.map(({ size, mtimeNs, ino }) => `${size} ${mtimeNs} ${ino}`).join("\n");
}

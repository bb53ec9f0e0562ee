/** Hashes of files, remembered by path and identity, so that a second start does not read gigabytes. */

import { createHash, randomBytes } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isJsonObject } from "@palaver/core";
import { fileError } from "./file-error.ts";
import { fileIdentity } from "./file-identity.ts";
import { openFileSource } from "./file-source.ts";
import { makeFolder } from "./make-folder.ts";

const CHUNK_BYTES = 2 ** 22;

export interface FileHashOptions {
  /** The folder in which hashes are remembered. */
  readonly memoFolder: string;
  /** Bytes hashed since the last call; remembered files are skipped. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The sha256 of a file's bytes, in hex. A file that keeps its path, inode, size and times of change (to the nanosecond) is
 * taken to be the same.
 * @throws ERR_NOT_FOUND, ERR_FORMAT for anything but a regular file, ERR_IO; `signal.reason` when aborted
 */
export async function fileHash(path: string, options: FileHashOptions): Promise<string> {
  const identity = await fileIdentity(path);
  const memo = join(options.memoFolder, `${createHash("sha256").update(path).digest("hex")}.json`);
  const known = await remembered(memo, identity);
  if (known !== undefined) return known;
  const sha256 = await hashBytes(path, options);
  await remember(options.memoFolder, memo, { identity, sha256 });
  return sha256;
}

// --- internal ---

async function hashBytes(path: string, { onBytes, signal }: FileHashOptions): Promise<string> {
  const source = await openFileSource(path);
  try {
    const hash = createHash("sha256");
    for (let offset = 0; offset < source.size; offset += CHUNK_BYTES) {
      signal?.throwIfAborted();
      const bytes = await source.read(offset, Math.min(CHUNK_BYTES, source.size - offset));
      hash.update(bytes);
      onBytes?.(bytes.byteLength);
    }
    return hash.digest("hex");
  } finally {
    await source.close();
  }
}

// A memo that cannot be read, or says something else, is no memo: the file is hashed again.
async function remembered(memo: string, identity: string): Promise<string | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(memo, "utf8"));
    const { sha256 } = isJsonObject(value) && value.identity === identity ? value : { sha256: undefined };
    return typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256) ? sha256 : undefined;
  } catch {
    return undefined;
  }
}

async function remember(folder: string, memo: string, content: { identity: string; sha256: string }): Promise<void> {
  const temporary = `${memo}.${randomBytes(6).toString("hex")}`;
  try {
    await makeFolder(folder);
    await writeFile(temporary, JSON.stringify(content));
    await rename(temporary, memo);
  } catch (error) {
    throw fileError(error, memo);
  }
}

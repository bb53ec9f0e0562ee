/**
 * Folders that appear whole or not at all: written beside their place under another name, brought to the disk, renamed.
 */

import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { removeAbandoned } from "./abandoned-files.ts";
import { fileError, systemCode } from "./file-error.ts";
import { makeFolder } from "./make-folder.ts";
import { syncFolder } from "./sync-folder.ts";

export interface StagedFolderOptions {
  /** What to do with a folder that is there already: take it and drop the new one, or put the new one in its place. */
  readonly existing: "keep" | "replace";
}

/**
 * Runs `write` on a temporary folder beside `target`, then gives it that name. When `write` fails, nothing is left.
 * @throws ERR_IO; whatever `write` throws
 */
export async function stageFolder(
  target: string,
  write: (folder: string) => Promise<void>,
  { existing }: StagedFolderOptions,
): Promise<void> {
  const parent = dirname(target);
  const prefix = `.${basename(target)}.tmp-`;
  await makeFolder(parent);
  await removeAbandoned(parent, (name) => name.startsWith(prefix));
  const folder = join(parent, `${prefix}${randomBytes(6).toString("hex")}`);
  try {
    await mkdir(folder);
    await write(folder);
    await syncFolder(folder);
    await moveInto(folder, target, existing);
    await syncFolder(parent);
  } catch (error) {
    throw fileError(error, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes what processes that died a day ago or more left of any folder that was to appear in this one. @throws ERR_IO */
export async function removeAbandonedFolders(parent: string): Promise<void> {
  await removeAbandoned(parent, (name) => STAGED.test(name)).catch((error) => {
    throw fileError(error, parent);
  });
}

// --- internal ---

const STAGED = /^\..+\.tmp-[0-9a-f]{12}(?:-old)?$/;

async function moveInto(folder: string, target: string, existing: "keep" | "replace"): Promise<void> {
  if (await renamed(folder, target)) return;
  if (existing === "keep") return;
  const old = `${folder}-old`;
  await rename(target, old);
  try {
    await rename(folder, target);
  } catch (error) {
    await rename(old, target);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

// An empty folder at the target is replaced by rename itself (but on Windows, where it is removed first).
async function renamed(folder: string, target: string): Promise<boolean> {
  try {
    await rename(folder, target);
    return true;
  } catch (error) {
    const code = systemCode(error) ?? "";
    if (!["ENOTEMPTY", "EEXIST", "EPERM", "EACCES"].includes(code) || !(await exists(target))) throw error;
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

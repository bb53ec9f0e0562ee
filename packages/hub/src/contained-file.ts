/**
 * The one way from a name inside a model's files (a shard, external data, a graph's file name) to a file: the name must
 * stay inside its folder, links on the way included, and lead to a regular file. Links are followed by hand, so that
 * nothing outside is touched and a name that leads out fails the same way whether or not something is there.
 */

import { constants } from "node:fs";
import { type FileHandle, lstat, open, readlink, realpath } from "node:fs/promises";
import { basename, dirname, join, normalize, relative, resolve, sep } from "node:path";
import { PalaverError } from "@palaver/core";
import { isContainedPath } from "@palaver/formats";
import { fileError } from "./file-error.ts";

/** Links followed before giving up, as Linux does (`MAXSYMLINKS`). */
const MAX_LINKS = 40;

/**
 * The real path of the regular file that `name` means inside `root`; undefined where there is none.
 * A hard link cannot be told from the file itself.
 * @throws ERR_FORMAT for a name that leaves the folder or is no regular file, ERR_IO
 */
export async function containedFile(root: string, name: string): Promise<string | undefined> {
  if (!isContainedPath(name)) throw outside(name);
  const folder = await realpath(root).catch((error) => {
    throw fileError(error, root);
  });
  const boundary = linkBoundary(folder);
  let current = folder;
  let links = 0;
  const left = name.split("/");
  for (let part = left.shift(); part !== undefined; part = left.shift()) {
    const next = join(current, part);
    const info = await lstat(next).catch(absent);
    if (info === undefined) return undefined;
    if (!info.isSymbolicLink()) {
      current = next;
      continue;
    }
    links += 1;
    const target = relative(boundary, normalize(resolve(current, await readlink(next))));
    if (links > MAX_LINKS || target === "" || leavesFolder(target)) throw outside(name);
    left.unshift(...target.split(sep));
    current = boundary;
  }
  const info = await lstat(current).catch(absent);
  if (info === undefined) return undefined;
  if (!info.isFile()) throw notAFile(join(root, name));
  return current;
}

/** Opens a regular file for reading. Never waits for the other end of a pipe. @throws ERR_NOT_FOUND, ERR_FORMAT, ERR_IO */
export async function openRegularFile(path: string): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error) => {
    throw fileError(error, path);
  });
  const info = await handle.stat();
  if (info.isFile()) return handle;
  await handle.close();
  throw notAFile(path);
}

// --- internal ---

/**
 * The folder that links may not leave. A snapshot in the Hub's cache, `models--org--name/snapshots/revision`, is made
 * of links to the `blobs` two folders up.
 */
function linkBoundary(folder: string): string {
  const snapshots = dirname(folder);
  const repository = dirname(snapshots);
  const isSnapshot = basename(snapshots) === "snapshots" && basename(repository).startsWith("models--");
  return isSnapshot ? repository : folder;
}

function leavesFolder(path: string): boolean {
  return path === ".." || path.startsWith(`..${sep}`) || resolve(path) === path;
}

function absent(error: unknown): undefined {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT" || code === "ENOTDIR") return undefined;
  throw fileError(error, undefined);
}

function outside(name: string): PalaverError {
  const shown = JSON.stringify(name.slice(0, 200));
  return new PalaverError("ERR_FORMAT", `the file name ${shown} leads out of the model's folder`, {
    details: { name },
  });
}

function notAFile(path: string): PalaverError {
  return new PalaverError("ERR_FORMAT", `${path} is not a regular file`, { details: { path } });
}

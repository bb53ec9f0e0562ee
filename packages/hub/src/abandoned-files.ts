import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Older leavings of a process that died are removed; nothing takes a day to write. */
const ABANDONED_MS = 24 * 3600 * 1000;

/** Removes files and folders that some process began under a temporary name and left behind. */
export async function removeAbandoned(folder: string, isTemporary: (name: string) => boolean): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!isTemporary(name)) continue;
    const path = join(folder, name);
    const info = await stat(path).catch(() => undefined);
    if (info === undefined || Date.now() - info.mtimeMs <= ABANDONED_MS) continue;
    await rm(path, { recursive: true, force: true });
  }
}

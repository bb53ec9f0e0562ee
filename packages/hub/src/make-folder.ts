import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { fileError, systemCode } from "./file-error.ts";

/**
 * Makes a folder and those above it that are missing. Node's own recursive `mkdir` never ends in a folder where nothing
 * can be made and the system says ENOENT, as `/proc` does.
 * @throws ERR_IO, ERR_NOT_FOUND
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdirOnce(path);
  } catch (error) {
    const parent = dirname(path);
    if (systemCode(error) !== "ENOENT" || parent === path) throw fileError(error, path);
    if (!(await exists(parent))) await makeFolder(parent);
    await mkdirOnce(path).catch((second) => {
      throw fileError(second, path);
    });
  }
}

// --- internal ---

// Another process may make it at the same time.
async function mkdirOnce(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const isFolder = systemCode(error) === "EEXIST" && (await stat(path)).isDirectory();
    if (!isFolder) throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

import { open } from "node:fs/promises";
import { platform } from "node:process";

/** Brings a folder's list of names to the disk. Windows has no way to do so, and renames there are journaled. */
export async function syncFolder(path: string): Promise<void> {
  if (platform === "win32") return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

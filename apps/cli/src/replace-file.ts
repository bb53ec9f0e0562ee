import { rename, writeFile } from "node:fs/promises";
import { PalaverError } from "@palaver/core";

/** Runs what writes a file; a failure names it. @throws ERR_IO */
export async function orIo(path: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (cause) {
    throw new PalaverError("ERR_IO", `cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** Replaces a file's text as a whole, so that no reader sees half of it. @throws ERR_IO */
export async function replaceFile(path: string, text: string): Promise<void> {
  await orIo(path, async () => {
    await writeFile(`${path}.partial`, text);
    await rename(`${path}.partial`, path);
  });
}

import { stat } from "node:fs/promises";
import { fileError } from "./file-error.ts";

/**
 * What tells a file from the one that was at its path before, without reading it. A file that is renamed into place brings
 * its own time of writing along, but no file has the inode of another, and none chooses the time at which the system last
 * changed its entry.
 * @throws ERR_NOT_FOUND, ERR_IO
 */
export async function fileIdentity(path: string): Promise<string> {
  const { size, mtimeNs, ctimeNs, ino } = await stat(path, { bigint: true }).catch((error) => {
    throw fileError(error, path);
  });
  return [path, size, mtimeNs, ctimeNs, ino].join("\n");
}

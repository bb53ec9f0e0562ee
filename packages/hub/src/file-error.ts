import { PalaverError } from "@palaver/core";

/** A system error as ours, with what to do about it; an error of ours stays as it is. */
export function fileError(error: unknown, path: string | undefined): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  const where = path ?? (error as NodeJS.ErrnoException).path ?? "a file";
  const details = { path: where, code };
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new PalaverError("ERR_NOT_FOUND", `${where} does not exist: check the path`, { cause: error, details });
  }
  return new PalaverError("ERR_IO", `${where}: ${ADVICE[code] ?? code}`, { cause: error, details });
}

/** The code of a system error (`ENOENT` and the like); undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("syscall" in error)) return undefined;
  return (error as NodeJS.ErrnoException).code;
}

// --- internal ---

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: "no permission: change the file's rights or run as its owner",
  EPERM: "no permission: change the file's rights or run as its owner",
  EROFS: "the file system is read-only: choose another folder",
  ENOSPC: "the disk is full: free some space",
  EDQUOT: "the disk quota is used up: free some space",
  EMFILE: "too many open files: close some or raise the limit",
  ENFILE: "too many open files: close some or raise the limit",
  EISDIR: "it is a folder, a file is needed",
  EBUSY: "it is in use, perhaps as a mount point: choose another folder",
};

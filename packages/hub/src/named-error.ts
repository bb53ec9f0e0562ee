import { join } from "node:path";
import { isPalaverError, PalaverError } from "@palaver/core";

/**
 * An error about the bytes of a file, or of a file in a folder, with the path in its message and details; an error that
 * names the path already, or is not ours, stays as it is.
 */
export function namedError(error: unknown, path: string): unknown {
  if (!isPalaverError(error) || error.message.includes(path)) return error;
  const { code, cause, details } = error;
  // A tokenizer names its file; where it names a key of metadata, the file is the path itself.
  const inside = typeof details.path === "string" && /^[\w.-]+\.(?:json|txt|model)$/.test(details.path);
  return new PalaverError(code, `${path}: ${error.message}`, {
    cause: cause ?? error,
    details: { ...details, path: inside ? join(path, String(details.path)) : path },
  });
}

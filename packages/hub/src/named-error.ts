import { isAbsolute, join } from "node:path";
import { isPalaverError, PalaverError } from "@palaver/core";

/** Text without line breaks and other control characters: parsers quote the file, and a message is one line. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  return text.replaceAll(/[\u0000-\u001f\u007f\u2028\u2029]+/g, " ");
}

/**
 * An error about the bytes of a file, or of a file in a folder, with the path in its message and details; an error that
 * names the path already, or is not ours, stays as it is.
 */
export function namedError(error: unknown, path: string): unknown {
  if (!isPalaverError(error) || error.message.includes(path)) return error;
  const { code, cause, details } = error;
  if (typeof details.path === "string" && isAbsolute(details.path)) return error;
  // A tokenizer names its file; where it names a key of metadata, the file is the path itself.
  const inside = typeof details.path === "string" && /^[\w.-]+\.(?:json|txt|model)$/.test(details.path);
  return new PalaverError(code, `${path}: ${oneLine(error.message)}`, {
    cause: cause ?? error,
    details: { ...details, path: inside ? join(path, String(details.path)) : path },
  });
}

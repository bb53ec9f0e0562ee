import { PalaverError } from "@palaver/core";
import { sourcePosition } from "./source-position.ts";

/** A template that cannot be read; the caller throws it. */
export function syntaxError(source: string, at: number, message: string): PalaverError {
  const { line, column } = sourcePosition(source, at);
  return new PalaverError("ERR_FORMAT", `template syntax: ${message} (line ${line}, column ${column})`, {
    details: { line, column },
  });
}

import { PalaverError } from "@palaver/core";

/** An `ERR_FORMAT` error: the file breaks its format's rules. `details` names the field and the offset where known. */
export function malformed(message: string, details: Readonly<Record<string, unknown>> = {}): PalaverError {
  return new PalaverError("ERR_FORMAT", message, { details });
}

/** A name from a file as it may stand in a message: quoted, control characters escaped, cut to a readable length. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
}

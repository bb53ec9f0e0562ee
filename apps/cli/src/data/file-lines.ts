import { createReadStream } from "node:fs";
import { PalaverError } from "@palaver/core";

/** The lines of a file, read while they are taken. @throws ERR_NOT_FOUND, ERR_IO, ERR_FORMAT for what is not UTF-8 */
export async function* fileLines(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  // Pieces of a line that goes on: some files are one line.
  let parts: string[] = [];
  for await (const chunk of chunks(path)) {
    const [first = "", ...rest] = decoded(decoder, chunk, path).split("\n");
    parts.push(first);
    for (const piece of rest) {
      yield withoutReturn(parts.join(""));
      parts = [piece];
    }
  }
  parts.push(decoded(decoder, undefined, path));
  const last = withoutReturn(parts.join(""));
  if (last !== "") yield last;
}

// --- internal ---

async function* chunks(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOENT") throw new PalaverError("ERR_NOT_FOUND", `${path} does not exist: check the path`, { cause });
    throw new PalaverError("ERR_IO", `cannot read ${path}: ${code ?? String(cause)}`, { cause });
  }
}

function decoded(decoder: InstanceType<typeof TextDecoder>, chunk: Uint8Array | undefined, path: string): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (cause) {
    throw new PalaverError("ERR_FORMAT", `${path} is not UTF-8 text`, { cause });
  }
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

import type { FileHandle } from "node:fs/promises";
import { type ByteSource, PalaverError } from "@palaver/core";
import { openRegularFile } from "./contained-file.ts";
import { fileError } from "./file-error.ts";

// Above the largest tensor of a published model: Gemma 3 27B's table in float32 has 5.6 GB.
const MAX_READ_BYTES = 2 ** 33;

/** A file's bytes; close it when done. */
export interface FileSource extends ByteSource {
  readonly path: string;
  close(): Promise<void>;
}

/**
 * Opens a regular file. Reading gives ERR_LIMIT where that much at once is beyond 8 GiB or does not fit into memory.
 * @throws ERR_NOT_FOUND, ERR_FORMAT for anything but a regular file, ERR_IO
 */
export async function openFileSource(path: string): Promise<FileSource> {
  const handle = await openRegularFile(path);
  const { size } = await handle.stat();
  return {
    path,
    size,
    read: (offset, length) => readFully(handle, path, { offset, length }),
    close: () => handle.close(),
  };
}

// --- internal ---

async function readFully(
  handle: FileHandle,
  path: string,
  { offset, length }: { readonly offset: number; readonly length: number },
): Promise<Uint8Array> {
  const bytes = memory(length, path);
  let done = 0;
  while (done < length) {
    // One read gives at most 2 GiB.
    const step = Math.min(length - done, 2 ** 30);
    const { bytesRead } = await handle.read(bytes, done, step, offset + done).catch((error) => {
      throw fileError(error, path);
    });
    if (bytesRead === 0) {
      throw new PalaverError("ERR_IO", `${path} became shorter while it was read`, { details: { path, offset } });
    }
    done += bytesRead;
  }
  return bytes;
}

function memory(length: number, path: string): Uint8Array {
  let cause: unknown;
  try {
    if (length <= MAX_READ_BYTES) return new Uint8Array(length);
  } catch (error) {
    // Older versions of Node.js allow 4 GiB in one array.
    if (!(error instanceof RangeError)) throw error;
    cause = error;
  }
  const message = `${path}: ${length} bytes are needed at once, which is more than memory holds: use a smaller model`;
  throw new PalaverError("ERR_LIMIT", message, { cause, details: { path, length } });
}

import { open } from "node:fs/promises";
import type { ByteSink } from "@palaver/core";
import { fileError } from "./file-error.ts";

/** A file being written; `finish` brings it to the disk. */
export interface FileSink extends ByteSink {
  /** Waits until the bytes are on the disk and closes the file. */
  finish(): Promise<void>;
  /** Closes the file as it is. */
  close(): Promise<void>;
}

/** Creates a file that must not exist yet. @throws ERR_IO */
export async function createFileSink(path: string): Promise<FileSink> {
  const rethrow = (error: unknown): never => {
    throw fileError(error, path);
  };
  const handle = await open(path, "wx").catch(rethrow);
  return {
    write: async (bytes) => {
      let done = 0;
      while (done < bytes.byteLength) {
        const step = Math.min(bytes.byteLength - done, 2 ** 30);
        const { bytesWritten } = await handle.write(bytes, done, step).catch(rethrow);
        done += bytesWritten;
      }
    },
    finish: async () => {
      await handle.sync().catch(rethrow);
      await handle.close();
    },
    close: () => handle.close(),
  };
}

/** Writes a small file and brings it to the disk. @throws ERR_IO */
export async function writeFileSynced(path: string, bytes: Uint8Array): Promise<void> {
  const sink = await createFileSink(path);
  try {
    await sink.write(bytes);
    await sink.finish();
  } catch (error) {
    await sink.close().catch(() => undefined);
    throw error;
  }
}

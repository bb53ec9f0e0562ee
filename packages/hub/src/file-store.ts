/** A folder of files that are written whole or not at all: beside their place under another name, brought to the disk, renamed. */

import { randomBytes } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { PalaverError } from "@palaver/core";
import { removeAbandoned } from "./abandoned-files.ts";
import { fileError } from "./file-error.ts";
import { createFileSink } from "./file-sink.ts";
import { type FileSource, openFileSource } from "./file-source.ts";
import { makeFolder } from "./make-folder.ts";
import { syncFolder } from "./sync-folder.ts";

const TEMPORARY = ".tmp-";

/** Letters, digits, `.`, `_`, `-`, not beginning with a point: no way out of the folder, and no name of a temporary file. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/;

/** Named files in one folder; what `@palaver/sft` takes to keep checkpoints in. */
export interface FileStore {
  /** Writes a file; until it is whole, `read` gives what was there before. @throws ERR_IO; what `chunks` throws */
  write(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** @throws ERR_NOT_FOUND, ERR_IO */
  read(name: string): Promise<FileSource>;
  /** Names of the files, sorted; none where the folder does not exist. @throws ERR_IO */
  list(): Promise<string[]>;
  /** Removes a file; one that is gone is fine. @throws ERR_IO */
  remove(name: string): Promise<void>;
}

/** A store in a folder, which is made when the first file is written. Names with other characters than `[A-Za-z0-9._-]` are refused. */
export function fileStore(folder: string): FileStore {
  return {
    write: async (name, chunks) => {
      const target = pathOf(folder, name);
      await makeFolder(folder);
      await removeAbandoned(folder, (other) => other.startsWith(TEMPORARY));
      const temporary = join(folder, `${TEMPORARY}${randomBytes(6).toString("hex")}`);
      try {
        const sink = await createFileSink(temporary);
        try {
          for await (const chunk of chunks) await sink.write(chunk);
          await sink.finish();
        } catch (error) {
          await sink.close().catch(() => undefined);
          throw error;
        }
        await rename(temporary, target);
        await syncFolder(folder);
      } catch (error) {
        throw fileError(error, target);
      } finally {
        await rm(temporary, { force: true });
      }
    },
    read: async (name) => openFileSource(pathOf(folder, name)),
    list: async () => {
      const names = await readdir(folder).catch((error) => {
        if (error.code === "ENOENT") return [];
        throw fileError(error, folder);
      });
      return names.filter((name) => NAME.test(name)).sort();
    },
    remove: async (name) => {
      const path = pathOf(folder, name);
      await rm(path, { force: true }).catch((error) => {
        throw fileError(error, path);
      });
    },
  };
}

// --- internal ---

function pathOf(folder: string, name: string): string {
  if (NAME.test(name)) return join(folder, name);
  throw new PalaverError("ERR_INVALID_ARGUMENT", `${JSON.stringify(name)} is no name for a file of a store`);
}

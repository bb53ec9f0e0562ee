import { type ByteSource, byteSource, PalaverError } from "@palaver/core";

/** A checkpoint being read. */
export interface CheckpointSource extends ByteSource {
  close(): Promise<void>;
}

/** Where checkpoints are kept: a folder, a bucket, memory. */
export interface CheckpointStore {
  /** Writes a file whole or not at all: whatever fails in between, `read` gives what was there before. @throws ERR_IO */
  write(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** @throws ERR_NOT_FOUND, ERR_IO */
  read(name: string): Promise<CheckpointSource>;
  /** Names of all files. @throws ERR_IO */
  list(): Promise<readonly string[]>;
  /** Removes a file; one that is gone is fine. @throws ERR_IO */
  remove(name: string): Promise<void>;
}

/** A store in memory, for tests and short runs. */
export function memoryCheckpointStore(): CheckpointStore {
  const files = new Map<string, Uint8Array>();
  return {
    write: async (name, chunks) => {
      const parts: Uint8Array[] = [];
      // Chunks may be views of memory that goes on changing.
      for await (const chunk of chunks) parts.push(chunk.slice());
      const file = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
      let at = 0;
      for (const part of parts) {
        file.set(part, at);
        at += part.byteLength;
      }
      files.set(name, file);
    },
    read: async (name) => {
      const bytes = files.get(name);
      if (bytes === undefined)
        throw new PalaverError("ERR_NOT_FOUND", `no checkpoint is named ${JSON.stringify(name)}`);
      return { ...byteSource(bytes), close: async () => {} };
    },
    list: async () => [...files.keys()],
    remove: async (name) => void files.delete(name),
  };
}

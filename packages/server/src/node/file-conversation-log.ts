/**
 * A log of conversations in a file: JSON lines, only ever appended. A line is a conversation or a rating of one. A line
 * that a dying process left unfinished is passed over. One process writes a file at a time.
 */

import { type FileHandle, open } from "node:fs/promises";
import { isJsonObject, type JsonObject, PalaverError } from "@palaver/core";
import type { ConversationLog, Rating, StoredConversation } from "../palaver/conversation-log.ts";
import { wireConversation } from "../palaver/wire-conversation.ts";
import { readLines } from "./read-lines.ts";

/** About a million conversations: a server that nobody looks after must not fill the disk. */
const DEFAULT_MAX_BYTES = 2 ** 30;

/** For the owner's eyes: it holds what people wrote. */
const OWNER_ONLY = 0o600;

/** Every line begins so, which tells a log from a file that somebody named by mistake. */
const LINE_START = '{"type":"';

export interface FileConversationLogOptions {
  /** Bytes at which the log is full. Default: 1 GiB. */
  readonly maxBytes?: number;
}

/** A log that must be closed. */
export interface FileConversationLog extends ConversationLog {
  /** Waits for what is being written. */
  close(): Promise<void>;
}

/**
 * Opens a log's file, or makes one that its owner alone may read.
 * @throws ERR_INVALID_ARGUMENT for a file that holds something else, ERR_IO
 */
export async function openConversationLog(
  path: string,
  { maxBytes = DEFAULT_MAX_BYTES }: FileConversationLogOptions = {},
): Promise<FileConversationLog> {
  const handle = await open(path, "a+", OWNER_ONLY).catch((cause) => {
    throw ioError(path, cause);
  });
  try {
    const { size, endsLine } = await checkBeginning(handle, path);
    const log = new FileLog(handle, path, { size, maxBytes, endsLine });
    await log.readIds();
    return log;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

// --- internal ---

class FileLog implements FileConversationLog {
  readonly #handle: FileHandle;
  readonly #path: string;
  readonly #maxBytes: number;
  /** The newest rating of every conversation. */
  readonly #ratings = new Map<string, Rating | undefined>();
  #size: number;
  /** False behind a line that was not written whole. */
  #endsLine: boolean;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    handle: FileHandle,
    path: string,
    { size, maxBytes, endsLine }: { readonly size: number; readonly maxBytes: number; readonly endsLine: boolean },
  ) {
    this.#handle = handle;
    this.#path = path;
    this.#size = size;
    this.#maxBytes = maxBytes;
    this.#endsLine = endsLine;
  }

  async readIds(): Promise<void> {
    for await (const { type, id, rating } of this.#lines()) {
      if (typeof id !== "string") continue;
      if (type === "conversation") this.#ratings.set(id, undefined);
      else if (this.#ratings.has(id) && isRating(rating)) this.#ratings.set(id, rating);
    }
  }

  async append(conversation: Parameters<ConversationLog["append"]>[0]): Promise<void> {
    await this.#write({ type: "conversation", ...wireConversation(conversation) });
    this.#ratings.set(conversation.id, undefined);
  }

  async rate(id: string, rating: Rating, time: string): Promise<void> {
    if (!this.#ratings.has(id)) throw new PalaverError("ERR_NOT_FOUND", `no conversation is called "${id}"`);
    await this.#write({ type: "rating", id, rating, time });
    this.#ratings.set(id, rating);
  }

  async *read({ rating: wanted }: { readonly rating?: Rating | undefined } = {}): AsyncGenerator<StoredConversation> {
    for await (const { type, ...stored } of this.#lines()) {
      if (type !== "conversation" || typeof stored.id !== "string") continue;
      const rating = this.#ratings.get(stored.id);
      if (wanted !== undefined && rating !== wanted) continue;
      // A line of that type is what `append` wrote.
      yield { ...(stored as unknown as StoredConversation), ...(rating !== undefined && { rating }) };
    }
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#handle.close();
  }

  /** One line after the other, each in a single write. */
  #write(value: object): Promise<void> {
    const write = async (): Promise<void> => {
      const bytes = Buffer.from(`${this.#endsLine ? "" : "\n"}${JSON.stringify(value)}\n`);
      if (this.#size + bytes.byteLength > this.#maxBytes) {
        const message = `${this.#path} is full: it may have ${this.#maxBytes} bytes; move it away`;
        throw new PalaverError("ERR_LIMIT", message);
      }
      this.#endsLine = false;
      await this.#handle.appendFile(bytes).catch((cause) => {
        throw ioError(this.#path, cause);
      });
      this.#size += bytes.byteLength;
      this.#endsLine = true;
    };
    const written = this.#writing.then(write, write);
    this.#writing = written;
    return written;
  }

  /** The lines that are whole now. */
  async *#lines(): AsyncGenerator<JsonObject> {
    try {
      // The file's own size: a write that failed half-way counts there.
      const { size } = await this.#handle.stat();
      for await (const line of readLines(this.#handle, size)) {
        const value = parsed(line);
        if (isJsonObject(value)) yield value;
      }
    } catch (cause) {
      throw ioError(this.#path, cause);
    }
  }
}

async function checkBeginning(handle: FileHandle, path: string): Promise<{ size: number; endsLine: boolean }> {
  const info = await handle.stat();
  if (!info.isFile()) throw new PalaverError("ERR_INVALID_ARGUMENT", `${path} is no file: name one for the log`);
  const { size } = info;
  const first = await handle.read(Buffer.alloc(LINE_START.length), 0, LINE_START.length, 0);
  const start = first.buffer.toString("latin1", 0, first.bytesRead);
  if (!LINE_START.startsWith(start)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `${path} holds something else than a log: name another file`);
  }
  const last = await handle.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
  return { size, endsLine: size === 0 || last.buffer[0] === 0x0a };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Torn by the end of a process; the line behind it is whole.
    return undefined;
  }
}

function isRating(value: unknown): value is Rating {
  return value === 1 || value === -1;
}

function ioError(path: string, cause: unknown): PalaverError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PalaverError("ERR_IO", `the log ${path} cannot be used: ${reason}`, { cause, details: { path } });
}

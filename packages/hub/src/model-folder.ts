import { join } from "node:path";
import { PalaverError } from "@palaver/core";
import { containedFile } from "./contained-file.ts";
import { openFileSource } from "./file-source.ts";
import { oneLine } from "./named-error.ts";

/**
 * Bytes that one of a model's small files may have: above the largest published tokenizer.json (34 MB), low enough to
 * hold several.
 */
const MAX_BYTES = 2 ** 27;

/**
 * Bytes of JSON that is parsed into objects, which may take many times as much memory: above the largest published
 * tokenizer_config.json.
 */
const MAX_JSON_BYTES = 2 ** 23;

/** JSON with a line for each token or tensor, whose readers have limits of their own. */
const LARGE_JSON: ReadonlySet<string> = new Set(["tokenizer.json", "vocab.json", "model.safetensors.index.json"]);

/** A folder whose files are asked for by name, each by the one safe way. */
export interface ModelFolder {
  readonly path: string;
  /** The real path of a regular file; undefined where there is none. @throws ERR_FORMAT for a name that leads out, ERR_IO */
  find(name: string): Promise<string | undefined>;
  /** A small file's bytes. @throws ERR_FORMAT, ERR_LIMIT, ERR_IO */
  read(name: string): Promise<Uint8Array | undefined>;
  /** A small file's text. @throws ERR_FORMAT when it is not UTF-8, ERR_LIMIT, ERR_IO */
  text(name: string): Promise<string | undefined>;
  /** A small file's JSON. @throws ERR_FORMAT, with the path, ERR_LIMIT, ERR_IO */
  json(name: string): Promise<unknown>;
}

/** A folder's files. */
export function modelFolder(path: string): ModelFolder {
  const find = (name: string) => containedFile(path, name);
  const read = async (name: string): Promise<Uint8Array | undefined> => {
    const file = await find(name);
    return file === undefined ? undefined : readSmall(file, maxBytes(name));
  };
  const text = async (name: string): Promise<string | undefined> => {
    const bytes = await read(name);
    return bytes === undefined ? undefined : decoded(bytes, join(path, name));
  };
  const json = async (name: string): Promise<unknown> => {
    const found = await text(name);
    return found === undefined ? undefined : parsed(found, join(path, name));
  };
  return { path, find, read, text, json };
}

// --- internal ---

function maxBytes(name: string): number {
  return name.endsWith(".json") && !LARGE_JSON.has(name) ? MAX_JSON_BYTES : MAX_BYTES;
}

async function readSmall(path: string, limit: number): Promise<Uint8Array> {
  const source = await openFileSource(path);
  try {
    if (source.size > limit) {
      throw new PalaverError("ERR_LIMIT", `${path} has ${source.size} bytes, at most ${limit} are read`, {
        details: { path },
      });
    }
    return await source.read(0, source.size);
  } finally {
    await source.close();
  }
}

function decoded(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new PalaverError("ERR_FORMAT", `${path} is not UTF-8 text: fetch the file again`, {
      cause,
      details: { path },
    });
  }
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const reason = cause instanceof Error ? oneLine(cause.message) : "";
    throw new PalaverError("ERR_FORMAT", `${path} is not JSON: ${reason}`, { cause, details: { path } });
  }
}

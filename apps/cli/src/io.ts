import type { Readable, Writable } from "node:stream";
import { PalaverError } from "@palaver/core";
import { jsonText } from "./json-text.ts";

/** Where a command reads and writes. Only `main.ts` binds it to the process; tests bind it to buffers. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** Ctrl-C, where a command has a use of its own for it, and what ends the program. */
  readonly interrupts: Interrupts;
}

/** Ctrl-C and the signals that end a program, as commands see them. */
export interface Interrupts {
  /** Calls `handler` at the next Ctrl-C instead of ending the program; the result takes it back. */
  onInterrupt(handler: () => void): () => void;
  /**
   * Calls `handler` with the exit code that is due at SIGTERM or SIGHUP (a closed terminal), which otherwise end the program
   * at once; the result takes it back.
   */
  onTermination(handler: (exitCode: number) => void): () => void;
}

/** Writes text and waits while the reader is behind, so that a slow pipe does not fill memory. */
export async function write(stream: Writable, text: string): Promise<void> {
  if (text === "" || stream.write(text)) return;
  await new Promise<void>((resolve, reject) => {
    const onDrain = () => {
      stream.off("error", onError);
      resolve();
    };
    const onError = (error: Error) => {
      stream.off("drain", onDrain);
      reject(error);
    };
    stream.once("drain", onDrain);
    stream.once("error", onError);
  });
}

/** One JSON value, alone on stdout. */
export async function writeJson(io: Io, value: unknown): Promise<void> {
  await write(io.stdout, `${jsonText(value)}\n`);
}

/** All of stdin as text. @throws ERR_INVALID_ARGUMENT if it is not UTF-8 */
export async function readAll(stdin: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Buffer | string));
  return decodeUtf8(Buffer.concat(chunks), "stdin");
}

/** The lines of stdin, one by one, without their ends. @throws ERR_INVALID_ARGUMENT for one that is not UTF-8 */
export async function* readLines(stdin: Readable): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const chunk of stdin) {
    rest = Buffer.concat([rest, Buffer.from(chunk as Buffer | string)]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      yield decodeUtf8(rest.subarray(0, end), "stdin").replace(/\r$/, "");
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) yield decodeUtf8(rest, "stdin");
}

/** @throws ERR_INVALID_ARGUMENT if the bytes are not UTF-8 */
export function decodeUtf8(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `${what} is not UTF-8 text`, { cause });
  }
}

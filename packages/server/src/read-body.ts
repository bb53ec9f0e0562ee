import { isJsonObject, type JsonObject, PalaverError } from "@palaver/core";
import { HTTPException } from "hono/http-exception";
import { isDeeperThan } from "./json-depth.ts";
import type { ServerLimits } from "./limits.ts";

/**
 * Reads a request's body as a JSON object, within the limits.
 *
 * A body without a content type or with `application/json` is read. `application/x-www-form-urlencoded` is what
 * `curl -d` says about any body; it is read where no `Origin` is given, because no web page can leave that out.
 * @throws HTTPException 413, 415
 * @throws ERR_INVALID_ARGUMENT for what is no JSON object
 */
export async function readBody(request: Request, limits: ServerLimits): Promise<JsonObject> {
  checkContentType(request);
  const text = await readText(request, limits.maxBodyBytes);
  if (text.trim() === "") throw notValid("the body is empty: send a JSON object");
  if (isDeeperThan(text, limits.maxJsonDepth)) {
    throw notValid(`the body nests deeper than ${limits.maxJsonDepth} levels`);
  }
  const value = parse(text);
  if (!isJsonObject(value)) throw notValid("the body must be a JSON object");
  return value;
}

// --- internal ---

function checkContentType(request: Request): void {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type === undefined || type === "" || type === "application/json") return;
  if (type === "application/x-www-form-urlencoded" && !request.headers.has("origin")) return;
  throw new HTTPException(415, { message: `content-type must be application/json, got "${type}"` });
}

async function readText(request: Request, maxBytes: number): Promise<string> {
  const tooLarge = () => new HTTPException(413, { message: `the body is larger than ${maxBytes} bytes` });
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  if (request.body === null) return "";

  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let bytes = 0;
  for await (const chunk of chunksOf(request.body)) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw tooLarge();
    text += decodeUtf8(decoder, chunk);
  }
  return text + decodeUtf8(decoder);
}

/** Node's streams are async iterables, those of other hosts need not be. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.releaseLock();
  }
}

function decodeUtf8(
  decoder: { decode(chunk?: Uint8Array, options?: { stream: boolean }): string },
  chunk?: Uint8Array,
): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (cause) {
    throw notValid("the body is not UTF-8", cause);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notValid(`the body is not JSON: ${cause instanceof Error ? cause.message : "it does not parse"}`, cause);
  }
}

function notValid(message: string, cause?: unknown): PalaverError {
  return new PalaverError("ERR_INVALID_ARGUMENT", message, { cause });
}

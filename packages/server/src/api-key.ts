import { PalaverError } from "@palaver/core";
import type { MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";

/** What a header can carry as one word, and long enough not to be guessed by trying. */
const KEY = /^[\x21-\x7e]{8,}$/;

/**
 * Lets requests pass that name the key as `Authorization: Bearer KEY`. Digests are compared, in a time that does not
 * depend on where they differ.
 * @throws ERR_INVALID_ARGUMENT as `requireKey`
 */
export function apiKey(key: string): MiddlewareHandler {
  requireKey(key);
  const expected = sha256(key);

  return async (c, next) => {
    const given = /^Bearer +(\S+) *$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (given === undefined || !isSame(await sha256(given), await expected)) {
      throw new HTTPException(401, { message: "a valid API key is needed: send it as `Authorization: Bearer KEY`" });
    }
    await next();
  };
}

/**
 * Refuses a key that no request could name, or that is too short.
 * @throws ERR_INVALID_ARGUMENT, without the key
 */
export function requireKey(key: string): void {
  if (KEY.test(key)) return;
  const message = "an API key needs at least 8 characters, all of them visible ASCII: no spaces, no umlauts";
  throw new PalaverError("ERR_INVALID_ARGUMENT", message);
}

// --- internal ---

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (const [i, byte] of a.entries()) difference |= byte ^ (b[i] ?? 0);
  return difference === 0;
}

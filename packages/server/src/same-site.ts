/**
 * Keeps web pages out. A server on localhost is reachable for every page that its user opens, in two ways:
 *
 * - the page asks `http://localhost:11434` directly: the browser then names the page's site in `Origin`;
 * - the page's own name is made to point to 127.0.0.1 (DNS rebinding): then `Host` holds that name.
 *
 * So `Host` must be one of ours, and `Origin`, where there is one, the same as `Host`. No CORS header is ever sent.
 */

import type { MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { isLoopback } from "./loopback.ts";

export interface SameSiteOptions {
  /** Host names, without port, that requests may use besides the loopback ones; undefined: any. */
  readonly allowedHosts: readonly string[] | undefined;
}

/** Refuses requests that web pages of other sites sent, with 403. */
export function sameSite({ allowedHosts }: SameSiteOptions): MiddlewareHandler {
  const names = allowedHosts?.map((name) => name.toLowerCase());
  const isOurs = (host: string) => names === undefined || isLoopback(host) || names.includes(host);

  return async (c, next) => {
    const url = new URL(c.req.url);
    const host = c.req.header("host")?.toLowerCase() ?? url.host;
    for (const name of new Set([hostname(host), hostname(url.host)])) {
      if (name === undefined || !isOurs(name)) {
        throw new HTTPException(403, {
          message: `host "${host}" is not served here: use localhost, or allow the name`,
        });
      }
    }

    const origin = c.req.header("origin");
    if (origin !== undefined && originHost(origin) !== host) throw foreign(`origin "${origin}"`);
    const site = c.req.header("sec-fetch-site");
    const reads = c.req.method === "GET" || c.req.method === "HEAD";
    if (!reads && site !== undefined && site !== "same-origin" && site !== "none") throw foreign(`a ${site} page`);
    await next();
  };
}

// --- internal ---

/** The name in `name:port`; undefined for what is no plain host. An IPv6 address keeps its brackets. */
function hostname(host: string): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/.exec(host)?.[1];
}

function originHost(origin: string): string | undefined {
  return /^https?:\/\/([^/]+)$/.exec(origin.toLowerCase())?.[1];
}

function foreign(who: string): HTTPException {
  return new HTTPException(403, { message: `${who} may not use this server` });
}

/**
 * The Node side of the server: everything else of this package is a web-standard `fetch` handler.
 *
 * Time limits, in Node's own words: headers must be there after `headersTimeout`, the body after `requestTimeout`, a
 * connection without a request is closed after `keepAliveTimeout`. None of them looks at the answer, so a reader that
 * stops reading is found by its socket: something to send, and nothing sent for `stalledWriteMs`.
 */

import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { PalaverError } from "@palaver/core";
import type { ServerApp } from "../app.ts";
import { DEFAULT_HOST, DEFAULT_PORT, requireAddress } from "./check-address.ts";

/** How often Node looks for connections that are too slow. */
const CHECK_INTERVAL_MS = 1_000;
/** How often a server that drains closes connections that have become idle. */
const IDLE_CHECK_MS = 50;

export interface ListenOptions {
  /** Address to listen on. Default: `127.0.0.1`. One beyond this machine needs an app with an API key. */
  readonly host?: string;
  /** Default: 11434. 0 lets the system choose. */
  readonly port?: number;
  /** How long `close` waits for answers that are under way before it ends them, in milliseconds. Default: 10,000. */
  readonly drainMs?: number;
  /** How long a client may take to send its headers, in milliseconds. Default: 10,000. */
  readonly headersTimeoutMs?: number;
  /** How long a client may take to send a request with its body, in milliseconds. Default: 60,000. */
  readonly requestTimeoutMs?: number;
  /** How long a connection may wait for its next request, in milliseconds. Default: 5,000. */
  readonly idleMs?: number;
  /** How long a client may leave an answer unread, in milliseconds. Default: 60,000. */
  readonly stalledWriteMs?: number;
}

/** A server that accepts connections. */
export interface RunningServer {
  /** Where it is: `http://127.0.0.1:11434`. */
  readonly url: string;
  readonly port: number;
  /** Stops accepting, waits for what is under way up to `drainMs`, ends the rest. May be called again to end the rest now. */
  close(options?: { readonly drainMs?: number }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Serves an app over HTTP.
 * @throws ERR_INVALID_ARGUMENT for an address beyond this machine and an app without an API key; `checkAddress` tells it earlier
 * @throws ERR_IO if the address or port cannot be had
 */
export async function listen(app: ServerApp, options: ListenOptions = {}): Promise<RunningServer> {
  const {
    host = DEFAULT_HOST,
    port = DEFAULT_PORT,
    stalledWriteMs = 60_000,
    drainMs: defaultDrainMs = 10_000,
  } = options;
  requireAddress(host, port, app.requiresKey);
  const server = createServer(
    {
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      keepAliveTimeout: options.idleMs ?? 5_000,
      headersTimeout: options.headersTimeoutMs ?? 10_000,
      requestTimeout: options.requestTimeoutMs ?? 60_000,
    },
    getRequestListener(app.fetch, { overrideGlobalObjects: false }),
  );
  endStalledConnections(server, stalledWriteMs);
  await bind(server, host, port);

  // A TCP server's address is an object.
  const address = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  const close: RunningServer["close"] = ({ drainMs = defaultDrainMs } = {}) => {
    closed ??= new Promise((resolve) => server.close(() => resolve()));
    return drain(server, closed, drainMs);
  };
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

// --- internal ---

/** With a listener of ours, Node ends no connection by itself: idle ones after `keepAliveTimeout` are ours to end too. */
function endStalledConnections(server: Server, stalledWriteMs: number): void {
  const answering = new WeakSet<Socket>();
  server.on("request", ({ socket }, response) => {
    answering.add(socket);
    response.on("close", () => answering.delete(socket));
  });
  server.setTimeout(stalledWriteMs, (socket) => {
    if (!answering.has(socket) || socket.writableLength > 0) socket.destroy();
    // Nothing to send yet: the model is reading the prompt. Look again later.
    else socket.setTimeout(stalledWriteMs);
  });
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    // Also later: a connection that cannot be accepted (too many files) must not end the process.
    server.on("error", (cause: NodeJS.ErrnoException) => reject(bindError(cause, host, port)));
    server.listen({ host, port }, resolve);
  });
}

function bindError(cause: NodeJS.ErrnoException, host: string, port: number): PalaverError {
  const advice: Record<string, string> = {
    EADDRINUSE: "it is taken: stop the other server (Ollama listens on 11434), or choose another port",
    EACCES: "this user may not: choose a port of 1024 or more",
    EADDRNOTAVAIL: "no interface has this address: choose 127.0.0.1 or one of this machine's",
  };
  const reason = advice[cause.code ?? ""] ?? cause.message;
  return new PalaverError("ERR_IO", `cannot listen on ${host}:${port}: ${reason}`, { cause, details: { host, port } });
}

async function drain(server: Server, closed: Promise<void>, drainMs: number): Promise<void> {
  server.closeIdleConnections();
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const end = setTimeout(() => server.closeAllConnections(), drainMs);
  try {
    await closed;
  } finally {
    clearInterval(idle);
    clearTimeout(end);
  }
}

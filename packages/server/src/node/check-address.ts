import { PalaverError } from "@palaver/core";
import { requireKey } from "../api-key.ts";
import { isLoopback } from "../loopback.ts";

/** The address of a server that names none. */
export const DEFAULT_HOST = "127.0.0.1";
/** The port that Ollama's clients try first. */
export const DEFAULT_PORT = 11434;

export interface CheckAddressOptions {
  /** As `ListenOptions` has it. Default: `127.0.0.1`. */
  readonly host?: string | undefined;
  /** Likewise. Default: 11434. */
  readonly port?: number | undefined;
  /** The key that the app is given. Default: none. */
  readonly apiKey?: string | undefined;
}

/**
 * Refuses what `createApp` and `listen` would refuse, before minutes go by with loading a model for them.
 * @throws ERR_INVALID_ARGUMENT for an address beyond this machine without a key, a key that no request could name, a
 * port that is none
 */
export function checkAddress({ host = DEFAULT_HOST, port = DEFAULT_PORT, apiKey }: CheckAddressOptions): void {
  if (apiKey !== undefined) requireKey(apiKey);
  requireAddress(host, port, apiKey !== undefined);
}

/** What `listen` knows of it: whether there is a key. @throws ERR_INVALID_ARGUMENT */
export function requireAddress(host: string, port: number, requiresKey: boolean): void {
  if (!isLoopback(host) && !requiresKey) {
    const message =
      `${host} is open to other machines: give the app an apiKey (palaver serve and the reference server take it ` +
      "from the environment variable PALAVER_API_KEY), or listen on 127.0.0.1";
    throw new PalaverError("ERR_INVALID_ARGUMENT", message, { details: { host } });
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `port must be 0 to 65535, got ${port}`);
  }
}

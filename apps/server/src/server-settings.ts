/** What the environment says about the server. */
export interface ServerSettings {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly apiKey: string | undefined;
}

/** Reads `HOST`, `PORT` and `PALAVER_API_KEY`; one that is empty is none, as shells and compose files leave them. */
export function serverSettings(environment: Readonly<Record<string, string | undefined>>): ServerSettings {
  const { HOST, PORT, PALAVER_API_KEY } = environment;
  return { host: HOST || undefined, port: PORT ? Number(PORT) : undefined, apiKey: PALAVER_API_KEY || undefined };
}

import { createApp, type ServableModel, type ServedModel, singleModel } from "@palaver/server";
import { listen, type RunningServer } from "@palaver/server/node";

export interface ServeModelOptions {
  /** What lists tell about it. Default: its name alone. */
  readonly info?: ServedModel | undefined;
  /** Default: 127.0.0.1. */
  readonly host?: string | undefined;
  /** Default: 11434. */
  readonly port?: number | undefined;
  /** Every request must name it. Default: none. */
  readonly apiKey?: string | undefined;
}

/** Serves one open model; whoever opened it closes it after the server. */
export function serveModel(
  model: ServableModel,
  { host = "127.0.0.1", port = 11434, apiKey, info }: ServeModelOptions = {},
): Promise<RunningServer> {
  const app = createApp({
    models: singleModel(model, info),
    version: "0.0.0",
    now: () => performance.timeOrigin + performance.now(),
    random: Math.random,
    onError: console.error,
    ...(apiKey !== undefined && { apiKey }),
  });
  return listen(app, { host, port });
}

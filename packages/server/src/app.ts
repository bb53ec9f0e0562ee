import { type Context, Hono } from "hono";
import { createAnswerer } from "./answerer.ts";
import { apiKey } from "./api-key.ts";
import { type Failure, failureOf, isServerFault, operatorError } from "./failure.ts";
import { type ServerLimits, serverLimits } from "./limits.ts";
import type { ModelProvider } from "./model-provider.ts";
import { ollamaFailure, ollamaRoutes } from "./ollama/routes.ts";
import { openaiFailure, openaiRoutes } from "./openai/routes.ts";
import type { ConversationLog } from "./palaver/conversation-log.ts";
import { palaverRoutes } from "./palaver/routes.ts";
import { sameSite } from "./same-site.ts";

export interface AppOptions {
  readonly models: ModelProvider;
  /** What `GET /api/version` tells. */
  readonly version: string;
  /** Milliseconds since 1970, for times in answers: `Date.now`. */
  readonly now: () => number;
  /** A number in [0, 1): `Math.random`. Seeds the answers to requests that name no seed. */
  readonly random: () => number;
  /** Changes of the default limits. */
  readonly limits?: Partial<ServerLimits>;
  /** Keeps finished conversations and their ratings: what people write to this server. Default: nothing is kept. */
  readonly log?: ConversationLog | undefined;
  /** Every request must name it as `Authorization: Bearer KEY`; at least 8 visible ASCII characters. Default: no key. */
  readonly apiKey?: string;
  /**
   * Host names, without port, that requests may use besides the loopback ones. Default: none without an `apiKey`; any
   * with one, because a page that points its own name at this server does not know the key.
   */
  readonly allowedHosts?: readonly string[];
  /** Told about failures that are the server's, in full: answers of 500 and 507, and broken streams. Default: nobody. */
  readonly onError?: (error: unknown) => void;
}

/** The server as a web-standard `fetch` handler. */
export type ServerApp = Hono & {
  /** True where an `apiKey` was given: such an app may be opened to other machines. */
  readonly requiresKey: boolean;
};

/**
 * Routes of Ollama and of OpenAI over the same sessions.
 * @throws ERR_INVALID_ARGUMENT for a limit that is no natural number, a key that no header could carry or that is too short
 */
export function createApp(options: AppOptions): ServerApp {
  const { models, version, now, onError = () => {} } = options;
  const limits = serverLimits(options.limits);
  const answerer = createAnswerer({ ...options, limits });
  const app = new Hono();

  app.onError((error, c) => {
    // Whoever left reads no answer; 499 is what nginx calls it.
    if (c.req.raw.signal.aborted) return new Response(null, { status: 499 });
    const failure = failureOf(error);
    if (isServerFault(failure)) onError(operatorError(error));
    return failureResponse(c, failure);
  });
  app.notFound((c) => failureResponse(c, { status: 404, message: `there is no ${c.req.method} ${c.req.path}` }));
  const allowedHosts = options.allowedHosts ?? (options.apiKey === undefined ? [] : undefined);
  app.use(sameSite({ allowedHosts }));
  if (options.apiKey !== undefined) app.use(apiKey(options.apiKey));
  app.route("/", ollamaRoutes({ models, answerer, limits, version, now, onError }));
  app.route("/api/palaver", palaverRoutes({ log: options.log, limits, now, onError }));
  app.route("/v1", openaiRoutes({ models, answerer, limits, now, onError }));
  return Object.assign(app, { requiresKey: options.apiKey !== undefined });
}

// --- internal ---

function failureResponse(c: Context, failure: Failure): Response {
  return c.req.path.startsWith("/v1/") ? openaiFailure(failure) : ollamaFailure(failure);
}

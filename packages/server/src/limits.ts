import { PalaverError } from "@palaver/core";

/** What a request may ask for. Everything is checked before a model is opened or a token is counted. */
export interface ServerLimits {
  /** Bytes of a request's body. */
  readonly maxBodyBytes: number;
  /** Nesting of a body's JSON: `[` and `{` that are open at once. */
  readonly maxJsonDepth: number;
  /** Characters of text in one request: prompt, messages, tools and the template's variables together, in UTF-16 units. */
  readonly maxPromptCharacters: number;
  /** Messages of one request. */
  readonly maxMessages: number;
  /** Tools that one request may offer. */
  readonly maxTools: number;
  /** Stop strings of one request. */
  readonly maxStopStrings: number;
  /** Characters of one stop string. */
  readonly maxStopCharacters: number;
  /** Tokens whose logits one request may change. */
  readonly maxLogitBiases: number;
  /** Answers that are generated at the same time; each holds a cache of its own. */
  readonly maxConcurrent: number;
  /** Requests that wait for a place; one more is refused at once. */
  readonly maxQueued: number;
  /** What a refused request is told to wait, in seconds. */
  readonly retryAfterSeconds: number;
}

/** The limits of a server that names none. */
export const defaultLimits: ServerLimits = {
  // A million characters with every one of them escaped (`\u0041`) fit, and parsing them takes milliseconds.
  maxBodyBytes: 8 * 1024 * 1024,
  // JSON.parse takes a million levels and whoever walks the value afterwards overflows; tools' schemas need about 20.
  maxJsonDepth: 64,
  // 128 k tokens of English are about 500,000 characters; tokenizing a million takes one to two seconds.
  maxPromptCharacters: 1_000_000,
  // Longer conversations exist; contexts that hold them do not.
  maxMessages: 4_096,
  // What the OpenAI API accepts.
  maxTools: 128,
  // The OpenAI API accepts 4, Ollama any number; each is looked for after each token.
  maxStopStrings: 16,
  // A stop string is held back while it may still come true, so a long one delays the stream.
  maxStopCharacters: 256,
  // What vLLM accepts; each is added at every token.
  maxLogitBiases: 1_024,
  // Steps of all answers run one after the other: more at once make each slower and cost a cache each.
  maxConcurrent: 4,
  // Enough for a burst; a longer queue only hides that the server is too slow for its load.
  maxQueued: 32,
  retryAfterSeconds: 1,
};

/** The default limits with some of them changed. @throws ERR_INVALID_ARGUMENT unless each is a whole number of at least 1 (`maxQueued`: 0). */
export function serverLimits(changes: Partial<ServerLimits> = {}): ServerLimits {
  const limits: ServerLimits = { ...defaultLimits, ...changes };
  for (const [name, value] of Object.entries(limits)) {
    const least = name === "maxQueued" ? 0 : 1;
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new PalaverError(
      "ERR_INVALID_ARGUMENT",
      `limit ${name} must be a whole number of at least ${least}, got ${value}`,
    );
  }
  return limits;
}

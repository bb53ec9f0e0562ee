import { isJsonObject, type JsonObject, PalaverError } from "@palaver/core";

/** The first wait before a request is tried again; it doubles each time. */
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 60_000;

/** What a server may ask to wait; more is no pause but a refusal. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** What is kept of an error's body for the message. */
const EXCERPT = 200;

/** The part of the web's `fetch` that is used here. */
export type Fetch = (
  url: string,
  init: { method: "POST"; headers: Record<string, string>; body: string; signal: AbortSignal },
) => Promise<{
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}>;

export interface AnswerRequest {
  readonly fetch: Fetch;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
  readonly signal: AbortSignal;
  /** How often a request is tried again. */
  readonly maxRetries: number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** In [0, 1), for each try: spreads what would otherwise come back all at once. */
  readonly random: (attempt: number) => number;
  readonly onRetry: (retry: { readonly delayMs: number; readonly reason: string }) => void;
}

/** An answer's text, or what the server gave in its place: a refusal of this one question, an answer without text. */
export type ServerAnswer = { readonly text: string } | { readonly refusal: string; readonly isStatus: boolean };

/**
 * The routes' address below a server's. @throws ERR_INVALID_ARGUMENT for what is no http address, or holds a name and password,
 * which would be shown in messages
 */
export function answerUrl(base: string): string {
  const url = URL.canParse(base) ? new URL(base) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", "the server's address must be like http://127.0.0.1:11434/v1");
  }
  if (url.username !== "" || url.password !== "") {
    throw new PalaverError("ERR_INVALID_ARGUMENT", "the server's address holds a name or password: give an API key");
  }
  return `${base.replace(/\/+$/, "")}/chat/completions`;
}

/** The headers of a request. @throws ERR_INVALID_ARGUMENT for a key that no header can hold; the message does not show it */
export function answerHeaders(apiKey: string | undefined): Record<string, string> {
  if (apiKey === undefined) return {};
  if (/^[\x21-\x7e]+$/.test(apiKey)) return { authorization: `Bearer ${apiKey}` };
  const message = "the API key has characters that a header cannot hold: a space, a line end, or none of ASCII";
  throw new PalaverError("ERR_INVALID_ARGUMENT", message);
}

/**
 * One answer of an OpenAI-compatible server. Busy servers (429), failing ones (5xx) and broken connections are
 * tried again, as late as `Retry-After` asks.
 * @throws ERR_IO when all tries failed or the body is no JSON; ERR_INVALID_ARGUMENT for refusals that concern every question
 */
export async function requestAnswer(request: AnswerRequest): Promise<ServerAnswer> {
  const { fetch, url, headers, body, signal, maxRetries, sleep, random, onRetry } = request;
  const init = {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
    signal,
  } as const;
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted();
    const failure = await tryOnce(() => fetch(url, init), signal);
    if ("refusal" in failure) return failure;
    if ("text" in failure) return answerOf(failure.text);
    if (attempt >= maxRetries) {
      throw new PalaverError("ERR_IO", `${url}: ${failure.reason}, after ${attempt + 1} tries`, {
        cause: failure.cause,
      });
    }
    const backoff = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt) * (0.5 + random(attempt) / 2);
    const delayMs = Math.round(Math.max(backoff, failure.retryAfterMs));
    onRetry({ delayMs, reason: failure.reason });
    await sleep(delayMs, signal);
  }
}

// --- internal ---

type Outcome = ServerAnswer | { readonly reason: string; readonly retryAfterMs: number; readonly cause?: unknown };

async function tryOnce(send: () => ReturnType<Fetch>, signal: AbortSignal): Promise<Outcome> {
  let status: number;
  let text: string;
  let retryAfter: string | null;
  try {
    const response = await send();
    status = response.status;
    retryAfter = response.headers.get("retry-after");
    text = await response.text();
  } catch (cause) {
    signal.throwIfAborted();
    return {
      reason: `the request failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      retryAfterMs: 0,
      cause,
    };
  }
  if (status >= 200 && status < 300) return { text };
  const reason = `status ${status}: ${text.slice(0, EXCERPT)}`;
  const retryAfterMs = retryAfterOf(retryAfter);
  if (status === 429 || status >= 500) {
    if (retryAfterMs <= MAX_RETRY_AFTER_MS) return { reason, retryAfterMs };
    throw new PalaverError("ERR_IO", `the server asks to wait for ${retryAfterMs / 1000} s: ${reason}`);
  }
  if (status === 400 || status === 422) return { refusal: `the server refused: ${reason}`, isStatus: true };
  throw new PalaverError("ERR_INVALID_ARGUMENT", `the server refused: ${reason}`, { details: { status } });
}

/** Seconds; a date cannot be told without a clock, and the usual wait has to do. */
function retryAfterOf(value: string | null): number {
  return value !== null && /^\d{1,9}$/.test(value.trim()) ? Number(value) * 1000 : 0;
}

function answerOf(text: string): ServerAnswer {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new PalaverError("ERR_IO", `the server's answer is no JSON: ${text.slice(0, EXCERPT)}`, { cause });
  }
  const choices = isJsonObject(parsed) && Array.isArray(parsed.choices) ? parsed.choices : [];
  const [choice] = choices;
  const content = isJsonObject(choice) && isJsonObject(choice.message) ? choice.message.content : undefined;
  if (typeof content === "string") return { text: content };
  const refusal = `the server's answer has no choices[0].message.content: ${text.slice(0, EXCERPT)}`;
  return { refusal, isStatus: false };
}

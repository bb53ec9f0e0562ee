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

/**
 * One answer's text from an OpenAI-compatible server. Busy servers (429), failing ones (5xx) and broken connections are
 * tried again, as late as `Retry-After` asks.
 * @throws ERR_IO when all tries failed or the body is no answer; ERR_INVALID_ARGUMENT for other refusals
 */
export async function requestAnswer(request: AnswerRequest): Promise<string> {
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
    if ("text" in failure) return answerText(failure.text);
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

type Outcome =
  | { readonly text: string }
  | { readonly reason: string; readonly retryAfterMs: number; readonly cause?: unknown };

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
  const isPassing = (status === 429 || status >= 500) && retryAfterMs <= MAX_RETRY_AFTER_MS;
  if (isPassing) return { reason, retryAfterMs };
  throw new PalaverError("ERR_INVALID_ARGUMENT", `the server refused: ${reason}`, { details: { status } });
}

/** Seconds; a date cannot be told without a clock, and the usual wait has to do. */
function retryAfterOf(value: string | null): number {
  return value !== null && /^\d{1,9}$/.test(value.trim()) ? Number(value) * 1000 : 0;
}

function answerText(text: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new PalaverError("ERR_IO", `the server's answer is no JSON: ${text.slice(0, EXCERPT)}`, { cause });
  }
  const choices = isJsonObject(parsed) && Array.isArray(parsed.choices) ? parsed.choices : [];
  const [choice] = choices;
  const content = isJsonObject(choice) && isJsonObject(choice.message) ? choice.message.content : undefined;
  if (typeof content === "string") return content;
  throw new PalaverError("ERR_IO", `the server's answer has no choices[0].message.content: ${text.slice(0, EXCERPT)}`);
}

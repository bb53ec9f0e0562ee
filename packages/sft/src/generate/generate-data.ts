import { contentText, isPalaverError, type JsonObject, type Message, PalaverError } from "@palaver/core";
import { uniform } from "@palaver/sampling";
import { Notices } from "./notices.ts";
import { parseDialogue } from "./parse-dialogue.ts";
import {
  type AnswerRequest,
  answerHeaders,
  answerUrl,
  type Fetch,
  requestAnswer,
  type ServerAnswer,
} from "./request-answer.ts";

/** Random numbers of one dialogue: those for `ask`, then those for waiting. */
const DRAWS = 128;
const FIRST_WAITING_DRAW = 64;

/** What is asked for one dialogue. */
export interface DialogueAsk {
  /** From 0. */
  readonly index: number;
  /** Numbers in [0, 1) that depend on the seed, the index and `which` (0 to 63) only: for choosing topics and tones. */
  readonly random: (which: number) => number;
}

/** What came of asking for one dialogue. All are plain JSON; kept, they are what `done` takes. */
export type GenerateEvent =
  | { readonly type: "dialogue"; readonly index: number; readonly messages: readonly Message[] }
  /** The answer cannot be used; where the server refused this question alone, it is empty. */
  | { readonly type: "bad-answer"; readonly index: number; readonly reason: string; readonly answer: string }
  /** It says the same as an earlier one. */
  | { readonly type: "duplicate"; readonly index: number }
  /** A request is tried again; told before the wait, and not kept. */
  | { readonly type: "retry"; readonly index: number; readonly delayMs: number; readonly reason: string };

export interface GenerateDataOptions {
  /** The web's `fetch`. */
  readonly fetch: Fetch;
  /** The server's address up to the version: `http://127.0.0.1:11434/v1`. */
  readonly url: string;
  readonly model: string;
  /** Sent as a bearer token: ASCII without spaces. Default: none. */
  readonly apiKey?: string | undefined;
  /** What to ask the model for dialogue `index`; it should ask for JSON that `parse` understands. */
  readonly ask: (ask: DialogueAsk) => readonly { readonly role: string; readonly content: string }[];
  /** The dialogue in an answer; throws ERR_INVALID_ARGUMENT for a bad one. Default: JSON `{ messages }`, turns in order. */
  readonly parse?: ((answer: string) => readonly Message[]) | undefined;
  /** How many dialogues to ask for, bad ones and those of `done` included. */
  readonly count: number;
  /** A safe integer; also sent to the server, a different one for each dialogue. */
  readonly seed: number;
  /** What an earlier run gave: it is not asked for again, and nothing that repeats it is taken. Default: nothing. */
  readonly done?: Iterable<GenerateEvent> | undefined;
  /** More fields of the request's body (`temperature`, `max_tokens`). Default: none. */
  readonly body?: JsonObject | undefined;
  /** Requests at a time. Default: 4. */
  readonly concurrency?: number | undefined;
  /** How often one request is tried again. Default: 5. */
  readonly maxRetries?: number | undefined;
  /** Default: a timer. */
  readonly sleep?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks a larger model to write dialogues, and gives them in the order of their index, whatever order the answers come in.
 * A question that the server refuses (400, 422, an answer without text) is a bad answer; it ends all where nothing was answered yet.
 * @throws ERR_IO where the server fails for good, ERR_INVALID_ARGUMENT where it refuses, and for options; `signal.reason`
 */
export async function* generateData(options: GenerateDataOptions): AsyncGenerator<GenerateEvent, void, undefined> {
  const { count, seed, done = [], concurrency = 4, parse = parseDialogue, signal } = options;
  if (!Number.isSafeInteger(seed) || !(Number.isSafeInteger(concurrency) && concurrency >= 1)) {
    throw new PalaverError(
      "ERR_INVALID_ARGUMENT",
      `seed and concurrency must be whole, got ${seed} and ${concurrency}`,
    );
  }
  const url = answerUrl(options.url);
  const headers = answerHeaders(options.apiKey);
  const finished = new Set<number>();
  const known = new Set<string>();
  for (const event of done) {
    if (event.type === "retry") continue;
    finished.add(event.index);
    if (event.type === "dialogue") known.add(fingerprint(event.messages));
  }
  const controller = new AbortController();
  const stop = signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]);
  const running: Promise<Asked>[] = [];
  const retries = new Notices<GenerateEvent>();
  let next = 0;
  let isAnswered = false;
  try {
    for (;;) {
      while (running.length < concurrency && next < count) {
        const index = next++;
        if (!finished.has(index)) running.push(askOne(options, { url, headers, index, signal: stop, retries }));
      }
      const first = running.shift();
      if (first === undefined) return;
      yield* retries.until(first);
      const { index, answer, error } = await first;
      if (answer === undefined) throw error;
      if ("text" in answer) {
        isAnswered = true;
        yield judge({ index, answer: answer.text, parse, known });
        continue;
      }
      if (answer.isStatus && !isAnswered && known.size === 0) {
        throw new PalaverError("ERR_INVALID_ARGUMENT", answer.refusal);
      }
      yield { type: "bad-answer", index, reason: answer.refusal, answer: "" };
    }
  } finally {
    controller.abort();
  }
}

// --- internal ---

interface Asked {
  readonly index: number;
  readonly answer?: ServerAnswer;
  readonly error?: unknown;
}

interface Question {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly index: number;
  readonly signal: AbortSignal;
  readonly retries: Notices<GenerateEvent>;
}

async function askOne(
  options: GenerateDataOptions,
  { url, headers, index, signal, retries }: Question,
): Promise<Asked> {
  const { fetch, model, ask, seed, body = {}, maxRetries = 5, sleep = timer } = options;
  const draw = (which: number): number => uniform(seed, index * DRAWS + which);
  try {
    const request: AnswerRequest = {
      ...{ fetch, url, headers },
      body: {
        model,
        seed: seed + index,
        ...body,
        messages: [...ask({ index, random: (which) => draw(which % FIRST_WAITING_DRAW) })],
      },
      signal,
      maxRetries,
      sleep,
      random: (attempt) => draw(FIRST_WAITING_DRAW + (attempt % FIRST_WAITING_DRAW)),
      onRetry: (retry) => retries.add({ type: "retry", index, ...retry }),
    };
    return { index, answer: await requestAnswer(request) };
  } catch (error) {
    return { index, error };
  }
}

function judge({
  index,
  answer,
  parse,
  known,
}: {
  readonly index: number;
  readonly answer: string;
  readonly parse: (answer: string) => readonly Message[];
  readonly known: Set<string>;
}): GenerateEvent {
  let messages: readonly Message[];
  try {
    messages = parse(answer);
  } catch (error) {
    if (!isPalaverError(error, "ERR_INVALID_ARGUMENT")) throw error;
    return { type: "bad-answer", index, reason: error.message, answer };
  }
  const print = fingerprint(messages);
  if (known.has(print)) return { type: "duplicate", index };
  known.add(print);
  return { type: "dialogue", index, messages };
}

/** What is said, without case, spaces and punctuation: models repeat themselves with small changes. */
function fingerprint(messages: readonly Message[]): string {
  return messages
    .map(
      ({ role, content }) =>
        `${role}:${contentText(content)
          .toLowerCase()
          .replace(/[^\p{Letter}\p{Number}]+/gu, " ")
          .trim()}`,
    )
    .join("\n");
}

function timer(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timeout);
      reject(signal.reason);
    };
    const timeout = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

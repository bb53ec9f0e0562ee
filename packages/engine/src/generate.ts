import type { Decoder, FinishReason, Sampler, Tokenizer, TokenLogprob, Usage } from "@palaver/core";
import { PalaverError } from "@palaver/core";
import { logprobs } from "@palaver/sampling";
import { answerText, type TokenText } from "./answer-text.ts";
import { decodeSteps, type SpeculateOptions, type SpeculationStatistics } from "./decode-steps.ts";
import { type Continuation, createPromptCache, type PromptCache } from "./prompt-cache.ts";

export interface GenerateOptions {
  readonly decoder: Decoder;
  /** The ids to continue, at least one. */
  readonly prompt: readonly number[];
  readonly sampler: Sampler;
  /** Makes text of the tokens. Default: none, and no `text-delta` events. */
  readonly tokenizer?: Tokenizer | undefined;
  /** What earlier prompts left behind; the caller closes it. Default: a cache for this answer only. */
  readonly cache?: PromptCache | undefined;
  /** Ids that end the answer and are no part of it. Default: none. */
  readonly stopIds?: readonly number[] | undefined;
  /** Strings that end the answer and are no part of its text. Default: none. */
  readonly stopStrings?: readonly string[] | undefined;
  /** The most tokens to choose. Default: until the context is full. */
  readonly maxTokens?: number | undefined;
  /** Adds each token's log P and this many of the most probable ones to its event. Default: neither. */
  readonly logprobs?: number | undefined;
  /**
   * Computes guessed tokens together with the one before them, which saves a step for each right one. The tokens may differ
   * from those without it where two were equally probable but for the last bits of their logits. Default: no guessing.
   */
  readonly speculate?: SpeculateOptions | undefined;
  /** Stops the answer; the generator then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** A clock in milliseconds. Default: `performance.now`. */
  readonly now?: (() => number) | undefined;
}

/** What happens while an answer is generated. */
export type GenerateEvent =
  /** The prompt was computed. */
  | {
      readonly type: "prompt-end";
      readonly promptTokens: number;
      readonly cachedTokens: number;
      readonly promptMs: number;
    }
  /** A token was chosen. `control` is its spelling, where it is a control token. */
  | {
      readonly type: "token";
      readonly id: number;
      readonly control?: string;
      /** log P of the token by the model, before sampling, if asked for. */
      readonly logprob?: number;
      /** The most probable tokens in descending order, if asked for. */
      readonly top?: readonly TokenLogprob[];
    }
  /** Text became certain; follows the token that completed it, or precedes a control token. */
  | { readonly type: "text-delta"; readonly text: string }
  /** The answer is over; always the last. `stopId` or `stopString` is what ended it, where the reason is `stop`. */
  | {
      readonly type: "finish";
      readonly reason: Extract<FinishReason, "stop" | "length">;
      readonly stopId?: number;
      readonly stopString?: string;
      readonly usage: Usage;
      /** Where tokens were guessed. */
      readonly speculation?: SpeculationStatistics;
    };

/**
 * Continues a prompt: t ~ P(t | prompt, tokens so far), until a stop id, a stop string, `maxTokens` or the end of the context.
 * An abort gives the text that was held back, then throws `signal.reason`.
 * @throws ERR_INVALID_ARGUMENT, ERR_CONTEXT_FULL if the prompt does not fit, ERR_RUNTIME, ERR_CLOSED
 */
export async function* generate(options: GenerateOptions): AsyncGenerator<GenerateEvent, void, void> {
  const { prompt, sampler, stopIds = [], maxTokens = Number.POSITIVE_INFINITY, now = systemNow } = options;
  requireMaxTokens(maxTokens);
  const startMs = now();
  const stepOptions = options.signal === undefined ? {} : { signal: options.signal };
  const text = answerText(options.tokenizer, prompt, options.stopStrings ?? []);
  const cache = options.cache ?? createPromptCache(options.decoder, { capacity: capacityFor(options) });
  let sequence: Continuation | undefined;
  try {
    sequence = cache.begin(prompt);
    let logits = await sequence.prefill(stepOptions);
    const { cachedTokens } = sequence;
    const promptMs = now() - startMs;
    yield { type: "prompt-end", promptTokens: prompt.length, cachedTokens, promptMs };

    const ids = [...prompt];
    const steps = decodeSteps(sequence, options.speculate);
    const limit = Math.min(prompt.length + maxTokens, mostTokens(cache, options));
    let ending: Ending = { reason: "length" };
    while (ids.length < limit && ending.reason === "length") {
      if (ids.length > prompt.length) logits = await steps.after(ids, limit - ids.length, stepOptions);
      const modelLogits = options.logprobs === undefined ? undefined : logits.slice();
      const id = sampler(logits, { position: ids.length, ids });
      ids.push(id);
      if (stopIds.includes(id)) {
        ending = { reason: "stop", stopId: id };
        break;
      }
      const piece = text.push(id);
      yield* tokenEvents({ type: "token", id, ...rated(id, modelLogits, options.logprobs) }, piece);
      if (piece.stop !== undefined) ending = { reason: "stop", stopString: piece.stop };
    }
    if (ending.stopString === undefined) yield* textDelta(text.flush());
    const completionTokens = ids.length - prompt.length;
    const completionMs = now() - startMs - promptMs;
    const usage = { promptTokens: prompt.length, cachedTokens, completionTokens, promptMs, completionMs };
    const speculation = options.speculate === undefined ? {} : { speculation: steps.statistics };
    yield { type: "finish", ...ending, usage, ...speculation };
  } catch (error) {
    if (options.signal?.aborted) yield* textDelta(text.flush());
    throw error;
  } finally {
    sequence?.end();
    if (options.cache === undefined) cache.close();
  }
}

// --- internal ---

type TokenEvent = Extract<GenerateEvent, { type: "token" }>;
type Ending = Pick<Extract<GenerateEvent, { type: "finish" }>, "reason" | "stopId" | "stopString">;

const systemNow = (): number => performance.now();

function requireMaxTokens(maxTokens: number): void {
  if (maxTokens === Number.POSITIVE_INFINITY || (Number.isSafeInteger(maxTokens) && maxTokens >= 0)) return;
  throw new PalaverError("ERR_INVALID_ARGUMENT", `maxTokens must be an integer, 0 or more, got ${maxTokens}`);
}

/** What this answer alone can need. */
function capacityFor({ decoder, prompt, maxTokens = Number.POSITIVE_INFINITY }: GenerateOptions): number {
  return Math.min(decoder.contextTokens, Math.max(1, prompt.length + maxTokens));
}

/** Tokens of prompt and answer. The last one is chosen and not computed; a guess takes a place behind the one in front of it. */
function mostTokens({ capacity }: PromptCache, { prompt, speculate }: GenerateOptions): number {
  return speculate === undefined ? capacity + 1 : Math.max(prompt.length + 1, capacity);
}

/** log P of a chosen token, and of the most probable ones, as far as they were asked for. */
function rated(id: number, logits: Float32Array | undefined, top = 0): Pick<TokenEvent, "logprob" | "top"> {
  if (logits === undefined) return {};
  const [chosen, ...best] = logprobs(logits, id, top);
  return { logprob: chosen.logprob, top: best };
}

function* tokenEvents(token: TokenEvent, { text, control }: TokenText): Generator<GenerateEvent> {
  if (control !== undefined) yield* textDelta(text);
  yield control === undefined ? token : { ...token, control };
  if (control === undefined) yield* textDelta(text);
}

function* textDelta(text: string): Generator<GenerateEvent> {
  if (text !== "") yield { type: "text-delta", text };
}

/**
 * The one way of a request to a model, whatever its dialect: limits, gate, model, session, events. A session and its
 * cache belong to one request, so nothing of one answer is ever seen by another.
 */

import { isPalaverError, type Model, PalaverError, type Sampler, type SessionEvent } from "@palaver/core";
import { createPromptCache, type PromptCache } from "@palaver/engine";
import { createSampler } from "@palaver/sampling";
import { type AnswerEventsOptions, answerEvents } from "./answer-events.ts";
import { type AnswerRequest, characterCount } from "./answer-request.ts";
import { busy, failureOf, modelUnavailable } from "./failure.ts";
import { createGate, type Lease } from "./gate.ts";
import type { ServerLimits } from "./limits.ts";
import { findServed, type ModelProvider, type ServableModel } from "./model-provider.ts";
import type { ConversationLog } from "./palaver/conversation-log.ts";
import { createConversationRecorder } from "./palaver/conversation-recorder.ts";

/** The longest tokens of the vocabularies in use are runs of 128 spaces, so no context holds more characters a token. */
const MAX_CHARACTERS_PER_TOKEN = 128;
/** Seeds that a server draws are of 32 bits. */
const SEEDS = 2 ** 32;

/** An answer that has a place and a model. Its events must be read or ended: they hold the place. */
interface Answer {
  readonly events: AsyncGenerator<SessionEvent>;
  readonly model: Model;
  /** How long the model took to open, in milliseconds. */
  readonly loadMs: number;
  /** Headers of the response, in every dialect. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers requests of all dialects. */
export interface Answerer {
  /**
   * Waits for a place and for the model.
   * @throws HTTPException 503 where too many wait already
   * @throws ERR_NOT_FOUND, ERR_INVALID_ARGUMENT, ERR_LIMIT, ERR_CONTEXT_FULL; the events also what sessions throw
   */
  answer(request: AnswerRequest, signal: AbortSignal): Promise<Answer>;
  /** Has a model opened; gives the milliseconds that it took. @throws as `answer` */
  load(name: string, signal: AbortSignal): Promise<number>;
}

export interface AnswererOptions {
  readonly models: ModelProvider;
  readonly limits: ServerLimits;
  /** Milliseconds. */
  readonly now: () => number;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Keeps the conversations. Default: nothing is kept. */
  readonly log?: ConversationLog | undefined;
  /** Told what could not be kept. Default: nobody. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** The way to the models, with a gate of its own in front of them. */
export function createAnswerer({ models, limits, now, random, log, onError }: AnswererOptions): Answerer {
  const gate = createGate(limits);
  const record = createConversationRecorder({ log, now, random, onError });
  const enter = async (signal: AbortSignal): Promise<Lease> => {
    const lease = await gate.enter(signal);
    if (lease === undefined) throw busy(limits.retryAfterSeconds);
    return lease;
  };
  const open = async (name: string): Promise<{ model: ServableModel; loadMs: number }> => {
    const startMs = now();
    const model = await models.open(name).catch(async (error: unknown) => {
      throw await openFailure(error, models, name);
    });
    return { model, loadMs: now() - startMs };
  };

  const openCache = ({ decoder }: Model, { contextTokens = decoder.contextTokens }: AnswerRequest): PromptCache => {
    try {
      return createPromptCache(decoder, { capacity: Math.min(contextTokens, decoder.contextTokens) });
    } catch (error) {
      // The others hold the memory that is missing, and will give it back.
      if (isPalaverError(error, "ERR_LIMIT") && gate.active > 1) throw busy(limits.retryAfterSeconds);
      throw error;
    }
  };

  return {
    answer: async (request, signal) => {
      const characters = characterCount(request);
      if (characters > limits.maxPromptCharacters) {
        const message = `the prompt has ${characters} characters, this server takes ${limits.maxPromptCharacters}`;
        throw new PalaverError("ERR_LIMIT", message);
      }
      const lease = await enter(signal);
      try {
        const { model, loadMs } = await open(request.model);
        requireRoom(characters, model);
        const sampler = samplerFor(model, request, Math.floor(random() * SEEDS));
        const cache = openCache(model, request);
        const events = answering({ model, request, lease, cache, sampler, signal, now });
        return { model, loadMs, ...record(model, request, events) };
      } catch (error) {
        lease.release();
        throw error;
      }
    },
    load: async (name, signal) => {
      const lease = await enter(signal);
      try {
        return (await open(name)).loadMs;
      } finally {
        lease.release();
      }
    },
  };
}

// --- internal ---

/** What keeps a listed model from opening is never the request's fault, whatever the error's code. */
async function openFailure(error: unknown, models: ModelProvider, name: string): Promise<unknown> {
  const blamesRequest = isPalaverError(error) && failureOf(error).status < 500;
  return blamesRequest && findServed(await models.list(), name) !== undefined ? modelUnavailable(error) : error;
}

/** What the request names goes before what the model's makers advise, and that before what is usual in the dialect. */
function samplerFor({ samplingDefaults }: ServableModel, request: AnswerRequest, seed: number): Sampler {
  return createSampler({ seed, ...request.usualSampling, ...samplingDefaults, ...request.sampling });
}

/** Refuses what cannot fit before it costs the time of tokenizing it. */
function requireRoom(characters: number, { decoder: { contextTokens } }: Model): void {
  if (characters <= contextTokens * MAX_CHARACTERS_PER_TOKEN) return;
  const message = `the context is ${contextTokens} tokens, ${characters} characters do not fit: shorten the prompt`;
  throw new PalaverError("ERR_CONTEXT_FULL", message, { details: { contextTokens, characters } });
}

interface Answering extends AnswerEventsOptions {
  readonly model: Model;
  readonly request: AnswerRequest;
  readonly lease: Lease;
}

/** The events; behind the last, cache and place are given back. */
async function* answering({ model, request, lease, ...options }: Answering): AsyncGenerator<SessionEvent> {
  try {
    yield* answerEvents(model, request, options);
  } finally {
    options.cache.close();
    lease.release();
  }
}

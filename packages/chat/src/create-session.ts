import { type Message, PalaverError, type SessionEvent, type Template } from "@palaver/core";
import { createPromptCache, type PromptCache } from "@palaver/engine";
import { createSampler } from "@palaver/sampling";
import { type Answer, createAnswer } from "./answer.ts";
import { type AnswerTurnOptions, answerTurn } from "./answer-turn.ts";
import { inputMessages, isContinuation, nextCallIndex, withAnswer, withSystem } from "./conversation.ts";
import { type EncodedPrompt, type FittedPrompt, fitContext } from "./fit-context.ts";
import type { ChatSession, SendInput, SendOptions, SessionOptions } from "./session-options.ts";

/**
 * Begins a conversation. Nothing is computed before the first `send`.
 * @throws ERR_UNSUPPORTED for a base model, which has no template: `complete` continues text with it
 */
export function createSession(options: SessionOptions): ChatSession {
  const { model, messages = [], system } = options;
  const { template } = model;
  if (template === undefined) {
    const message = `${model.name} has no chat template: a base model can only continue text (complete, or --raw)`;
    throw new PalaverError("ERR_UNSUPPORTED", message);
  }
  return new LocalSession(options, template, withSystem(messages, system));
}

// --- internal ---

type SessionEvents = AsyncGenerator<SessionEvent, void, void>;

/** An answer under way, and what ends it. */
interface Answering {
  readonly events: SessionEvents;
  readonly abort: AbortController;
}

class LocalSession implements ChatSession {
  readonly #options: SessionOptions;
  readonly #template: Template;
  #messages: readonly Message[];
  #ownCache: PromptCache | undefined;
  #answering: Answering | undefined;
  #isClosed = false;

  constructor(options: SessionOptions, template: Template, messages: readonly Message[]) {
    this.#options = options;
    this.#template = template;
    this.#messages = messages;
  }

  get messages(): readonly Message[] {
    return this.#messages;
  }

  send(input: SendInput, options: SendOptions = {}): AsyncIterable<SessionEvent> {
    const all = { ...this.#options, ...definedOnly(options) };
    const abort = new AbortController();
    const events: SessionEvents = this.#answer(input, all, abort.signal, () => {
      this.#answering = { events, abort };
    });
    return events;
  }

  fork(): ChatSession {
    this.#requireIdle();
    const { cache: _, ...options } = this.#options;
    const fork = new LocalSession(options, this.#template, this.#messages);
    fork.#ownCache = (this.#options.cache ?? this.#ownCache)?.fork();
    return fork;
  }

  reset(messages: readonly Message[] = this.#messages.filter(({ role }) => role === "system")): void {
    this.#requireIdle();
    this.#messages = [...messages];
  }

  toJSON(): readonly Message[] {
    return this.#messages;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#answering?.abort.abort(closedError());
    try {
      await this.#answering?.events.return();
    } finally {
      this.#ownCache?.close();
    }
  }

  async *#answer(
    input: SendInput,
    options: SessionOptions & SendOptions,
    closing: AbortSignal,
    onStart: () => void,
  ): SessionEvents {
    this.#requireIdle();
    onStart();
    const before = this.#messages;
    const answer = createAnswer();
    const signal = options.signal === undefined ? closing : AbortSignal.any([closing, options.signal]);
    try {
      const asked = [...before, ...inputMessages(input)];
      const isContinued = isContinuation(asked);
      const cache = this.#cache();
      const fitted = fitContext(asked, (messages) => this.#encode(messages, isContinued, options), {
        policy: options.contextPolicy ?? "error",
        contextTokens: cache.capacity,
        maxTokens: options.maxTokens ?? Number.POSITIVE_INFINITY,
        newFrom: before.length,
      });
      if (fitted.dropped.length > 0) yield { type: "context-drop", messages: fitted.dropped };

      for await (const event of answerTurn(this.#turn(fitted, answer, cache, { ...options, signal }))) {
        const isOver = event.type === "finish" && event.reason !== "aborted";
        if (isOver || !answer.isEmpty) this.#messages = withAnswer(fitted.kept, answer.message(), isContinued);
        yield event;
      }
    } catch (error) {
      this.#messages = before;
      throw error;
    } finally {
      this.#answering = undefined;
    }
  }

  #encode(messages: readonly Message[], isContinued: boolean, options: SessionOptions): EncodedPrompt {
    const { tools, variables, model } = options;
    const rendered = this.#template.render(messages, {
      ...(isContinued ? { continueFinalMessage: true } : { addGenerationPrompt: true }),
      ...(tools !== undefined && tools.length > 0 && { tools }),
      ...(variables !== undefined && { variables }),
    });
    return { rendered, ids: model.tokenizer.encode(rendered.segments) };
  }

  #turn(
    { kept, rendered, ids }: FittedPrompt,
    answer: Answer,
    cache: PromptCache,
    options: SessionOptions & { readonly signal: AbortSignal },
  ): AnswerTurnOptions {
    const { decoder, tokenizer, stopIds } = options.model;
    const { sampler = createSampler(), tools = [], maxTokens, stopStrings, logprobs, speculate, signal } = options;
    const { now = () => performance.now() } = options;
    const parser = this.#template.answerParser({
      tools,
      prompt: rendered,
      firstCallIndex: nextCallIndex(kept),
      isControl: (spelling) => {
        const id = tokenizer.tokenToId(spelling);
        return id !== undefined && tokenizer.isControl(id);
      },
    });
    const chosen = { sampler, maxTokens, stopStrings, logprobs, speculate, signal, now };
    return { decoder, tokenizer, stopIds, prompt: ids, cache, parser, answer, ...chosen };
  }

  #cache(): PromptCache {
    const { cache, contextTokens, model } = this.#options;
    if (cache !== undefined) return cache;
    this.#ownCache ??= createPromptCache(model.decoder, contextTokens === undefined ? {} : { capacity: contextTokens });
    return this.#ownCache;
  }

  #requireIdle(): void {
    if (this.#isClosed) throw closedError();
    if (this.#answering === undefined) return;
    throw new PalaverError(
      "ERR_INVALID_ARGUMENT",
      "the session is answering: take all events of that answer, or end it",
    );
  }
}

function closedError(): PalaverError {
  return new PalaverError("ERR_CLOSED", "the session is closed");
}

/** Without the options that are spelled out as undefined: they must not hide a default. */
function definedOnly(options: SendOptions): SendOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

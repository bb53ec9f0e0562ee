import type { Tokenizer } from "@palaver/core";
import { type Context, Hono } from "hono";
import { answerParts } from "../answer-parts.ts";
import type { AnswerRequest, Prompt } from "../answer-request.ts";
import type { Answerer } from "../answerer.ts";
import { parseConversation } from "../conversation.ts";
import type { Failure } from "../failure.ts";
import type { ServerLimits } from "../limits.ts";
import type { ModelProvider } from "../model-provider.ts";
import { definedOf, parseFields, refuseUnsupported } from "../parse-fields.ts";
import { readBody } from "../read-body.ts";
import { streamResponse } from "../stream-response.ts";
import { answerLines, answerObject, failureLine, type LineForm, loadedObject } from "./answer-lines.ts";
import { commonRequest } from "./common-request.ts";
import { chatForm, generateForm } from "./line-forms.ts";
import { chatRequest, generateRequest, unsupportedInChat, unsupportedInGenerate } from "./request-schemas.ts";
import { tagsBody } from "./tags-body.ts";

export interface OllamaRoutesOptions {
  readonly models: ModelProvider;
  readonly answerer: Answerer;
  readonly limits: ServerLimits;
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/** The routes of Ollama's REST API that answer and list; source: https://github.com/ollama/ollama/blob/main/docs/api.md */
export function ollamaRoutes(options: OllamaRoutesOptions): Hono {
  const { models, limits, version, now } = options;
  const routes = new Hono();

  routes.get("/", (c) => c.text("Ollama is running"));
  routes.get("/api/version", (c) => c.json({ version }));
  routes.get("/api/tags", async (c) => c.json(tagsBody(await models.list(), now())));

  routes.post("/api/generate", async (c) => {
    const body = await readBody(c.req.raw, limits);
    refuseUnsupported(body, unsupportedInGenerate);
    const fields = parseFields(generateRequest, body);
    const { prompt: text, system, raw, stream } = fields;
    const prompt: Prompt = raw ? { type: "raw", text } : { type: "turn", text, ...definedOf({ system }) };
    const request = { ...commonRequest(fields, limits), prompt };
    return respond(c, options, { request, stream, isEmpty: text === "", formFor: generateForm });
  });

  routes.post("/api/chat", async (c) => {
    const body = await readBody(c.req.raw, limits);
    refuseUnsupported(body, unsupportedInChat);
    const fields = parseFields(chatRequest, body);
    const { stream, truncate: dropsOldest } = fields;
    const prompt = parseConversation(body, limits);
    const request = { ...commonRequest(fields, limits), prompt, dropsOldest };
    return respond(c, options, { request, stream, isEmpty: prompt.messages.length === 0, formFor: chatForm });
  });
  return routes;
}

/** A failure as Ollama tells it. */
export function ollamaFailure({ status, message, retryAfterSeconds }: Failure): Response {
  const headers = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return Response.json({ error: message }, { status, headers });
}

// --- internal ---

interface Asked {
  readonly request: AnswerRequest;
  readonly stream: boolean;
  /** Nothing to answer: only have the model opened. */
  readonly isEmpty: boolean;
  readonly formFor: (tokenizer?: Tokenizer) => LineForm;
}

async function respond(c: Context, { answerer, now, onError }: OllamaRoutesOptions, asked: Asked): Promise<Response> {
  const { request, stream, isEmpty, formFor } = asked;
  const startedMs = now();
  const abort = new AbortController();
  const signal = AbortSignal.any([c.req.raw.signal, abort.signal]);
  const factsWith = (loadMs: number) => ({ model: request.model, now, startedMs, loadMs });
  if (isEmpty) return c.json(loadedObject(factsWith(await answerer.load(request.model, signal)), formFor()));
  const { events, model, loadMs, headers } = await answerer.answer(request, signal);
  const parts = answerParts(events);
  const form = formFor(model.tokenizer);
  if (!stream) return c.json(await answerObject(parts, factsWith(loadMs), form), 200, headers);
  const lines = answerLines(parts, factsWith(loadMs), form);
  const contentType = "application/x-ndjson";
  return streamResponse(lines, { contentType, headers, writeFailure: failureLine, abort, onError });
}

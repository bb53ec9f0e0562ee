import { PalaverError, type Tokenizer } from "@palaver/core";
import { type Context, Hono } from "hono";
import { answerParts } from "../answer-parts.ts";
import type { AnswerRequest, Prompt } from "../answer-request.ts";
import type { Answerer } from "../answerer.ts";
import { parseConversation } from "../conversation.ts";
import type { Failure } from "../failure.ts";
import type { ServerLimits } from "../limits.ts";
import { findServed, type ModelProvider, type OpenServedModel } from "../model-provider.ts";
import { definedOf, parseFields, refuseUnsupported } from "../parse-fields.ts";
import { readBody } from "../read-body.ts";
import { streamResponse } from "../stream-response.ts";
import { answerLines, answerObject, failureLine, type LineForm, loadedObject } from "./answer-lines.ts";
import { commonRequest } from "./common-request.ts";
import { chatForm, generateForm } from "./line-forms.ts";
import { psBody } from "./ps-body.ts";
import {
  chatRequest,
  generateRequest,
  showRequest,
  unsupportedInChat,
  unsupportedInGenerate,
} from "./request-schemas.ts";
import { showBody } from "./show-body.ts";
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

/** The routes of Ollama's REST API that answer and tell about models; source: https://github.com/ollama/ollama/blob/main/docs/api.md */
export function ollamaRoutes(options: OllamaRoutesOptions): Hono {
  const { models, limits, version, now } = options;
  const startedMs = now();
  const routes = new Hono();

  routes.get("/", (c) => c.text("Ollama is running"));
  routes.get("/api/version", (c) => c.json({ version }));
  routes.get("/api/tags", async (c) => c.json(tagsBody(await models.list(), startedMs)));
  routes.get("/api/ps", async (c) => c.json(psBody(await openModels(models))));

  routes.post("/api/show", async (c) => {
    const { model, name } = parseFields(showRequest, await readBody(c.req.raw, limits));
    const wanted = model || name;
    const info = findServed(await models.list(), wanted);
    if (info === undefined) throw notServed(wanted);
    const open = (await openModels(models)).find((candidate) => candidate.info.name === info.name);
    return c.json(showBody(info, open?.model, startedMs));
  });

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

async function openModels(models: ModelProvider): Promise<readonly OpenServedModel[]> {
  return (await models.listOpen?.()) ?? [];
}

function notServed(name: string): PalaverError {
  if (name === "") return new PalaverError("ERR_INVALID_ARGUMENT", "model: name the one to show");
  return new PalaverError("ERR_NOT_FOUND", `model "${name}" not found`);
}

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

import { PalaverError } from "@palaver/core";
import { type Context, Hono } from "hono";
import { answerParts } from "../answer-parts.ts";
import type { AnswerRequest } from "../answer-request.ts";
import type { Answerer } from "../answerer.ts";
import { parseConversation } from "../conversation.ts";
import type { Failure } from "../failure.ts";
import type { ServerLimits } from "../limits.ts";
import { findServed, type ModelProvider, type ServedModel } from "../model-provider.ts";
import { parseFields, refuseUnsupported } from "../parse-fields.ts";
import { readBody } from "../read-body.ts";
import { streamResponse } from "../stream-response.ts";
import type { AnswerForm } from "./answer-form.ts";
import { chatAnswer } from "./chat-answer.ts";
import { commonRequest } from "./common-request.ts";
import { completionAnswer } from "./completion-answer.ts";
import { errorBody } from "./error-body.ts";
import { modelBody } from "./model-body.ts";
import {
  chatCompletionRequest,
  completionRequest,
  type SharedFields,
  unsupportedInChat,
  unsupportedInCompletion,
} from "./request-schemas.ts";
import { sse } from "./sse.ts";

export interface OpenaiRoutesOptions {
  readonly models: ModelProvider;
  readonly answerer: Answerer;
  readonly limits: ServerLimits;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/** The routes of the OpenAI API that answer and list, without `/v1`; source: https://platform.openai.com/docs/api-reference */
export function openaiRoutes(options: OpenaiRoutesOptions): Hono {
  const { models, limits, now } = options;
  const chatSchema = chatCompletionRequest(limits);
  const completionSchema = completionRequest(limits);
  const startedMs = Math.floor(now());
  const nextId = createIds(startedMs);
  const routes = new Hono();

  routes.get("/models", async (c) => {
    const list = await models.list();
    return c.json({ object: "list", data: list.map((model) => modelBody(model, startedMs)) });
  });
  // Names may hold slashes: `hf:org/repo`.
  routes.get("/models/:id{.+}", async (c) => c.json(modelBody(await findModel(models, c.req.param("id")), startedMs)));

  routes.post("/chat/completions", async (c) => {
    const body = await readBody(c.req.raw, limits);
    refuseUnsupported(body, unsupportedInChat);
    const fields = parseFields(chatSchema, body);
    const conversation = parseConversation(body, limits);
    const request: AnswerRequest = {
      ...commonRequest(fields),
      prompt: fields.tool_choice === "none" ? { ...conversation, tools: [] } : conversation,
      maxTokens: fields.max_completion_tokens ?? fields.max_tokens,
      variables: fields.chat_template_kwargs,
      ...(fields.logprobs && { logprobs: fields.top_logprobs }),
    };
    return respond(c, options, { request, fields, id: nextId("chatcmpl"), form: chatAnswer });
  });

  routes.post("/completions", async (c) => {
    const body = await readBody(c.req.raw, limits);
    refuseUnsupported(body, unsupportedInCompletion);
    const fields = parseFields(completionSchema, body);
    const text = typeof fields.prompt === "string" ? fields.prompt : fields.prompt[0];
    const request: AnswerRequest = {
      ...commonRequest(fields),
      prompt: { type: "raw", text },
      maxTokens: fields.max_tokens,
    };
    return respond(c, options, { request, fields, id: nextId("cmpl"), form: completionAnswer });
  });
  return routes;
}

/** A failure as the OpenAI API tells it; a busy server is a rate limit there, which its clients wait for. */
export function openaiFailure(failure: Failure): Response {
  const { retryAfterSeconds: seconds } = failure;
  const status = failure.status === 503 && seconds !== undefined ? 429 : failure.status;
  const headers = seconds === undefined ? {} : { "retry-after": String(seconds) };
  return Response.json(errorBody({ ...failure, status }), { status, headers });
}

// --- internal ---

interface Asked {
  readonly request: AnswerRequest;
  readonly fields: SharedFields;
  readonly id: string;
  readonly form: AnswerForm;
}

async function respond(c: Context, { answerer, now, onError }: OpenaiRoutesOptions, asked: Asked): Promise<Response> {
  const { request, fields, id, form } = asked;
  const facts = { id, created: Math.floor(now() / 1000), model: request.model };
  const abort = new AbortController();
  const signal = AbortSignal.any([c.req.raw.signal, abort.signal]);
  const { events, model, headers } = await answerer.answer(request, signal);
  const parts = answerParts(events);
  const options = { tokenizer: model.tokenizer, includeUsage: fields.stream_options?.include_usage ?? false };
  if (!fields.stream) return c.json(await form.whole(parts, facts, options), 200, headers);
  const chunks = form.chunks(parts, facts, options);
  return streamResponse(chunks, { contentType: "text/event-stream", headers, writeFailure, abort, onError });
}

function writeFailure(failure: Failure): string {
  return sse(errorBody(failure));
}

/** Ids that no other answer of this server has, nor one of a server started in another millisecond. */
function createIds(startedMs: number): (prefix: string) => string {
  let count = 0;
  return (prefix) => `${prefix}-${startedMs.toString(36)}-${(count++).toString(36)}`;
}

async function findModel(models: ModelProvider, name: string): Promise<ServedModel> {
  const model = findServed(await models.list(), name);
  if (model === undefined)
    throw new PalaverError("ERR_NOT_FOUND", `model "${name}" not found`, { details: { param: "model" } });
  return model;
}

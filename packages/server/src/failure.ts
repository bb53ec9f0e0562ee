import { type ErrorCode, isPalaverError, type PalaverError } from "@palaver/core";
import { HTTPException } from "hono/http-exception";

/** What went wrong, in no dialect yet. */
export interface Failure {
  readonly status: number;
  /** For people: never a stack, never a cause, nothing of the server's files. */
  readonly message: string;
  /** The field of the request that it is about. */
  readonly param?: string;
  /** For programs; stable. */
  readonly code?: string;
  /** Seconds after which the same request may succeed. */
  readonly retryAfterSeconds?: number;
}

/** What a client is told about an error. */
export function failureOf(error: unknown): Failure {
  if (error instanceof HTTPException) return httpFailure(error);
  if (isPalaverError(error)) return palaverFailure(error);
  return { status: 500, message: "the server failed", code: "internal_error" };
}

/** What the operator is told: the error itself, also where clients are told another one. */
export function operatorError(error: unknown): unknown {
  return error instanceof HTTPException ? (knownCause(error)?.error ?? error) : error;
}

/** The refusal of one request too many. */
export function busy(retryAfterSeconds: number): HTTPException {
  const message = "the server is busy: too many requests are waiting, try again later";
  return new HTTPException(503, { message, cause: { code: "busy", retryAfterSeconds } satisfies KnownCause });
}

/** A model that is served and does not open; `error` says why, with paths. */
export function modelUnavailable(error: unknown): HTTPException {
  const message = "the model could not be opened";
  return new HTTPException(500, { message, cause: { code: "model_unavailable", error } satisfies KnownCause });
}

/** A log without room for what was asked to be kept; `error` says which. */
export function logFull(error: unknown): HTTPException {
  const message = "the server cannot keep this: its log is full";
  return new HTTPException(507, { message, cause: { code: "log_full", error } satisfies KnownCause });
}

/** Why the server is in no state to answer rather than the request wrong. */
export function isServerFault({ status }: Failure): boolean {
  return status >= 500 && status !== 503;
}

// --- internal ---

/** The cause of an HTTPException that was made here. */
interface KnownCause {
  readonly code: string;
  readonly retryAfterSeconds?: number;
  /** For the operator. */
  readonly error?: unknown;
}

interface ClientView {
  readonly status: number;
  readonly code?: string;
  /** Said in place of the message, which may name files and is for the operator: the request was good. */
  readonly text?: string;
}

const clientViews: Readonly<Record<ErrorCode, ClientView>> = {
  ERR_INVALID_ARGUMENT: { status: 400 },
  ERR_UNSUPPORTED: { status: 400, code: "unsupported" },
  ERR_CONTEXT_FULL: { status: 400, code: "context_length_exceeded" },
  ERR_LIMIT: { status: 400, code: "limit_exceeded" },
  ERR_NOT_FOUND: { status: 404, code: "model_not_found" },
  ERR_FORMAT: { status: 500, code: "file_malformed", text: "a file of the server is malformed" },
  ERR_IO: { status: 500, code: "io_failed", text: "the server could not read or write a file" },
  ERR_RUNTIME: { status: 500, code: "model_failed", text: "the model failed" },
  // The model was closed under the request: the server is going down.
  ERR_CLOSED: { status: 503, code: "model_closed", text: "the model was closed" },
};

function httpFailure(error: HTTPException): Failure {
  const { code, retryAfterSeconds } = knownCause(error) ?? {};
  return {
    status: error.status,
    message: error.message,
    ...(code !== undefined && { code }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}

function knownCause({ cause }: HTTPException): KnownCause | undefined {
  // No other HTTPException of this server has a cause with a code.
  return typeof cause === "object" && cause !== null && "code" in cause ? (cause as KnownCause) : undefined;
}

function palaverFailure({ code: errorCode, message, details }: PalaverError): Failure {
  const { status, code, text } = clientViews[errorCode];
  if (text !== undefined) return { status, message: `${text} (${errorCode})`, ...(code !== undefined && { code }) };
  const param = details.param ?? details.path;
  return { status, message, ...(typeof param === "string" && { param }), ...(code !== undefined && { code }) };
}

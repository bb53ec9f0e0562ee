import { type ErrorCode, isPalaverError, type PalaverError } from "@palaver/core";
import { HTTPException } from "hono/http-exception";

/** What went wrong, in no dialect yet. */
export interface Failure {
  readonly status: number;
  /** For people: never a stack, never a cause. */
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

/** The refusal of one request too many. */
export function busy(retryAfterSeconds: number): HTTPException {
  const message = "the server is busy: too many requests are waiting, try again later";
  return new HTTPException(503, { message, cause: { code: "busy", retryAfterSeconds } satisfies HttpCause });
}

/** Why the server is in no state to answer rather than the request wrong. */
export function isServerFault({ status }: Failure): boolean {
  return status >= 500 && status !== 503;
}

// --- internal ---

interface HttpCause {
  readonly code: string;
  readonly retryAfterSeconds: number;
}

const statusByCode = {
  ERR_INVALID_ARGUMENT: 400,
  ERR_UNSUPPORTED: 400,
  ERR_CONTEXT_FULL: 400,
  ERR_LIMIT: 400,
  ERR_NOT_FOUND: 404,
  // The request was good; a file or the runtime was not.
  ERR_FORMAT: 500,
  ERR_IO: 500,
  ERR_RUNTIME: 500,
  // The model was closed under the request: the server is going down.
  ERR_CLOSED: 503,
} as const satisfies Record<ErrorCode, number>;

const clientCodeByCode: Partial<Record<ErrorCode, string>> = {
  ERR_CONTEXT_FULL: "context_length_exceeded",
  ERR_LIMIT: "limit_exceeded",
  ERR_NOT_FOUND: "model_not_found",
  ERR_RUNTIME: "model_failed",
  ERR_UNSUPPORTED: "unsupported",
};

function httpFailure(error: HTTPException): Failure {
  const { status, message, cause } = error;
  const isKnown = typeof cause === "object" && cause !== null && "retryAfterSeconds" in cause;
  return { status, message, ...(isKnown ? (cause as HttpCause) : {}) };
}

function palaverFailure({ code, message, details }: PalaverError): Failure {
  const param = details.param ?? details.path;
  const clientCode = clientCodeByCode[code];
  return {
    status: statusByCode[code],
    message,
    ...(typeof param === "string" && { param }),
    ...(clientCode !== undefined && { code: clientCode }),
  };
}

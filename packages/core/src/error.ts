/**
 * What the caller can do next decides the code:
 *
 * - `ERR_INVALID_ARGUMENT` fix the call
 * - `ERR_UNSUPPORTED` choose another model, option or backend
 * - `ERR_FORMAT` discard the file: it is malformed (details: path, offset)
 * - `ERR_NOT_FOUND` supply what is missing
 * - `ERR_IO` maybe retry
 * - `ERR_LIMIT` a budget for untrusted input ran out (steps, size, depth, memory): simplify the input or raise the named limit
 * - `ERR_CONTEXT_FULL` shorten, shift or summarise
 * - `ERR_RUNTIME` report: the native runtime failed (see `cause`)
 * - `ERR_CLOSED` stop using it
 */
export type ErrorCode =
  | "ERR_INVALID_ARGUMENT"
  | "ERR_UNSUPPORTED"
  | "ERR_FORMAT"
  | "ERR_NOT_FOUND"
  | "ERR_IO"
  | "ERR_LIMIT"
  | "ERR_CONTEXT_FULL"
  | "ERR_RUNTIME"
  | "ERR_CLOSED";

export interface PalaverErrorOptions {
  /** What failed underneath. */
  readonly cause?: unknown;
  /** Facts for programs: path, offset, field, limit and the like. Default: none. */
  readonly details?: Readonly<Record<string, unknown>>;
}

// Two copies of this package may live in one process, so the test is by marker and not by `instanceof`.
const marker = Symbol.for("@palaver/error");

/** The one error class of every Palaver package. Its message says what failed, with which value, and what to do. */
export class PalaverError extends Error {
  readonly [marker] = true;
  override readonly name = "PalaverError";
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, { cause, details = {} }: PalaverErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

/** True for a `PalaverError` of any copy of this package; with `code`, only for that code. */
export function isPalaverError(error: unknown, code?: ErrorCode): error is PalaverError {
  if (typeof error !== "object" || error === null || !(marker in error)) return false;
  return code === undefined || (error as PalaverError).code === code;
}

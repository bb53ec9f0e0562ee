import { type ErrorCode, PalaverError, type PalaverErrorOptions } from "@palaver/core";

/**
 * The error of a load that ONNX Runtime ended with `message`: `code`, but ERR_LIMIT where memory ran out. It has no code of its own for
 * that, and the file is as good as before.
 */
export function loadError(code: ErrorCode, message: string, options: PalaverErrorOptions): PalaverError {
  if (!/bad[ _]alloc|failed to allocate/i.test(message)) return new PalaverError(code, message, options);
  return new PalaverError("ERR_LIMIT", `${message}: free memory, or choose smaller weights`, options);
}

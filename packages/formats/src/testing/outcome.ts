import { type ErrorCode, isPalaverError } from "@palaver/core";

/** What reading a damaged file may end in, besides success. */
const ALLOWED: readonly ErrorCode[] = ["ERR_FORMAT", "ERR_UNSUPPORTED", "ERR_LIMIT"];

/** Runs `read` on a hostile file: its value, or the code of its error. Any error that is not a refusal is thrown on. */
export async function outcome<T>(read: () => T | Promise<T>): Promise<{ readonly value: T } | ErrorCode> {
  try {
    return { value: await read() };
  } catch (error) {
    if (isPalaverError(error) && ALLOWED.includes(error.code)) return error.code;
    throw error;
  }
}

import { PalaverError } from "@palaver/core";

// More threads than any machine has; beyond it a number is a mistake.
const MAX_THREADS = 1024;

/** A number of threads that can be had. @throws ERR_INVALID_ARGUMENT */
export function checkThreads(threads: number): number {
  if (Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS) return threads;
  throw new PalaverError("ERR_INVALID_ARGUMENT", `threads must be 1 to ${MAX_THREADS}, got ${threads}`);
}

import { PalaverError } from "@palaver/core";

/** The error for a turn whose mask cannot be exact; the caller throws it. */
export function refusal(messageIndex: number, reason: string): PalaverError {
  return new PalaverError("ERR_UNSUPPORTED", `no loss mask for message ${messageIndex}: ${reason}`, {
    details: { messageIndex },
  });
}

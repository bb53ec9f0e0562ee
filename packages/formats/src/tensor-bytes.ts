import { type ByteSink, PalaverError } from "@palaver/core";
import { quoted } from "./malformed.ts";

/** A tensor's bytes for a writer: at once, or chunk by chunk when their turn comes. */
export type TensorBytes = Uint8Array | AsyncIterable<Uint8Array>;

/** Refuses bytes that do not fill the tensor exactly. @throws ERR_INVALID_ARGUMENT */
export function checkLength(name: string, actual: number, expected: number): void {
  if (actual === expected) return;
  throw new PalaverError("ERR_INVALID_ARGUMENT", `the tensor ${quoted(name)} needs ${expected} bytes, got ${actual}`, {
    details: { tensor: name },
  });
}

/** Writes one tensor, holding no more than a chunk of it. @throws ERR_INVALID_ARGUMENT */
export async function writeTensorBytes(
  sink: ByteSink,
  name: string,
  { bytes, byteLength }: { readonly bytes: TensorBytes; readonly byteLength: number },
): Promise<void> {
  if (bytes instanceof Uint8Array) {
    checkLength(name, bytes.byteLength, byteLength);
    await sink.write(bytes);
    return;
  }
  let written = 0;
  for await (const chunk of bytes) {
    written += chunk.byteLength;
    // Checked before the write, so that a tensor too long does not run into the next.
    if (written > byteLength) checkLength(name, written, byteLength);
    await sink.write(chunk);
  }
  checkLength(name, written, byteLength);
}

import type { ByteSink } from "@palaver/core";

/** A sink that keeps everything, and what it has kept. */
export function memorySink(): ByteSink & { readonly bytes: () => Uint8Array; readonly writes: readonly number[] } {
  const parts: Uint8Array[] = [];
  const writes: number[] = [];
  return {
    writes,
    async write(bytes) {
      parts.push(new Uint8Array(bytes));
      writes.push(bytes.byteLength);
    },
    bytes: () => joined(parts),
  };
}

// --- internal ---

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

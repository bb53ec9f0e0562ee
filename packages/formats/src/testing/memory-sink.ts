import type { ByteSink } from "@palaver/core";
import { joined } from "./joined.ts";

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
    bytes: () => joined(...parts),
  };
}

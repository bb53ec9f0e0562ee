import type { Vocabulary } from "../vocabulary.ts";

/** The ids of `<0x00>` to `<0xFF>`, `(256,)`; undefined unless all are there. */
export function byteFallbackIds(vocabulary: Vocabulary): Int32Array | undefined {
  const ids = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    const id = vocabulary.id(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
    if (id === undefined) return undefined;
    ids[byte] = id;
  }
  return ids;
}

import type { LogitsTransform } from "@palaver/core";
import { PalaverError } from "@palaver/core";
import { selectTop } from "./select-top.ts";

/**
 * Keeps the `k` most probable tokens; of equally probable ones the lowest ids. 0 keeps all.
 * @throws ERR_INVALID_ARGUMENT unless `k` is an integer from 0 on
 */
export function topK(k: number): LogitsTransform {
  if (!(Number.isSafeInteger(k) && k >= 0)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `top k must be an integer, 0 or more, got ${k}`);
  }
  return (logits) => {
    if (k === 0 || k >= logits.length) return;
    const ids = selectTop(logits, k);
    const kept = Float32Array.from(ids, (id) => logits[id]!);
    logits.fill(Number.NEGATIVE_INFINITY);
    for (const [i, id] of ids.entries()) logits[id] = kept[i]!;
  };
}

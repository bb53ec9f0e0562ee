import type { LogitsTransform } from "@palaver/core";
import { PalaverError } from "@palaver/core";
import { keepTop } from "./select-top.ts";
import { keepSelected, type Selection } from "./selection.ts";

/**
 * Keeps the `k` most probable tokens; of equally probable ones the lowest ids. 0 keeps all.
 * @throws ERR_INVALID_ARGUMENT unless `k` is an integer from 0 on
 */
export function topK(k: number): LogitsTransform {
  return keepSelected(topKSelection(k));
}

/** @throws ERR_INVALID_ARGUMENT unless `k` is an integer from 0 on */
export function topKSelection(k: number): Selection {
  if (!(Number.isSafeInteger(k) && k >= 0)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `top k must be an integer, 0 or more, got ${k}`);
  }
  return (candidates) => {
    if (k > 0 && k < candidates.count) keepTop(candidates, k);
  };
}

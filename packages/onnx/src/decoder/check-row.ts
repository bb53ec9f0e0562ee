import { type DecoderRow, PalaverError } from "@palaver/core";
import { ModelCache } from "./model-cache.ts";

// 2 GiB of logits; a JavaScript array has 4.
const MAX_LOGITS = 2 ** 29;

/** Checks one row of a step, and gives its cache. @throws ERR_INVALID_ARGUMENT, ERR_CONTEXT_FULL */
export function checkRow({ cache, tokens, logits }: DecoderRow, vocabSize: number): ModelCache {
  if (!(cache instanceof ModelCache)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", "the cache belongs to another decoder");
  }
  if (tokens.length === 0) throw new PalaverError("ERR_INVALID_ARGUMENT", "a row needs at least one token");
  for (const id of tokens) {
    if (Number.isInteger(id) && id >= 0 && id < vocabSize) continue;
    throw new PalaverError("ERR_INVALID_ARGUMENT", `token ${id} is not in the vocabulary of ${vocabSize}`);
  }
  if (logits === "all" && tokens.length * vocabSize > MAX_LOGITS) {
    const message = `all logits of ${tokens.length} tokens are too many: ask for ${Math.floor(MAX_LOGITS / vocabSize)} at once`;
    throw new PalaverError("ERR_INVALID_ARGUMENT", message);
  }
  const { capacity } = cache;
  const needed = cache.length + tokens.length;
  if (needed <= capacity) return cache;
  const message = `context is ${capacity} tokens, prompt needs ${needed}: drop ${needed - capacity} or raise the capacity`;
  throw new PalaverError("ERR_CONTEXT_FULL", message, { details: { capacity, needed } });
}

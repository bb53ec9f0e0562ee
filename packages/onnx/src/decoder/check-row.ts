import { type DecoderRow, PalaverError } from "@palaver/core";
import { ModelCache } from "./model-cache.ts";

/** Checks one row of a step, and gives its cache. @throws ERR_INVALID_ARGUMENT, ERR_CONTEXT_FULL */
export function checkRow({ cache, tokens }: DecoderRow, vocabSize: number): ModelCache {
  if (!(cache instanceof ModelCache)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", "the cache belongs to another decoder");
  }
  if (tokens.length === 0) throw new PalaverError("ERR_INVALID_ARGUMENT", "a row needs at least one token");
  for (const id of tokens) {
    if (Number.isInteger(id) && id >= 0 && id < vocabSize) continue;
    throw new PalaverError("ERR_INVALID_ARGUMENT", `token ${id} is not in the vocabulary of ${vocabSize}`);
  }
  const { capacity } = cache;
  const needed = cache.length + tokens.length;
  if (needed <= capacity) return cache;
  const message = `context is ${capacity} tokens, prompt needs ${needed}: drop ${needed - capacity} or raise the capacity`;
  throw new PalaverError("ERR_CONTEXT_FULL", message, { details: { capacity, needed } });
}

import { isJsonObject } from "@palaver/core";
import { z } from "zod";

/**
 * The one table of ranges for numbers that decide how tokens are chosen. The sampler takes more; beyond these, a
 * request is a mistake rather than a wish.
 */
export const samplingFields = {
  // 0 is greedy; at 100 every token is equally probable.
  temperature: z.number().min(0).max(100),
  // 0 and below: all tokens.
  topK: z.int().min(-1).max(10_000_000),
  probability: z.number().min(0).max(1),
  // 1 is none.
  repetitionPenalty: z.number().gt(0).max(100),
  // The range of the OpenAI API.
  penalty: z.number().min(-2).max(2),
  // -1 is the whole context.
  penaltyWindow: z.int().min(-1),
  // What a JSON number holds without loss.
  seed: z.int(),
  logitBias,
};

// --- internal ---

/** The range of the OpenAI API; at -100 a token is practically excluded. */
function logitBias(most: number) {
  const biases = z.record(z.string().regex(/^\d{1,8}$/, "keys must be token ids"), z.number().min(-100).max(100));
  // Counted before one is read: a body holds half a million, which take many seconds to check.
  const isFew = (value: unknown) => !isJsonObject(value) || Object.keys(value).length <= most;
  return z.unknown().refine(isFew, `more tokens than this server takes: ${most}`).pipe(biases);
}

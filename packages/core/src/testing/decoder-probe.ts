import type { Decoder, DecoderCache } from "../decoder.ts";
import { check } from "./contract.ts";

/** One step of one sequence: the logits of its last token. */
export async function decode(decoder: Decoder, cache: DecoderCache, tokens: readonly number[]): Promise<Float32Array> {
  const [logits] = await decoder.step([{ cache, tokens }]);
  check(logits !== undefined, "a step must give an array a row");
  return logits;
}

/** The logits of a sequence from an empty cache. */
export async function fresh(decoder: Decoder, tokens: readonly number[]): Promise<Float32Array> {
  const cache = decoder.createCache({ capacity: Math.max(tokens.length, 1) });
  const logits = await decode(decoder, cache, tokens);
  cache.close();
  return logits;
}

/** The largest difference of two arrays of one length; infinite where the lengths or a NaN differ. */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (Number.isNaN(difference)) return Infinity;
    if (difference > largest) largest = difference;
  }
  return largest;
}

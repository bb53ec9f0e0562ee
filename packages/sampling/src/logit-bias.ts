import type { LogitsTransform } from "@palaver/core";
import { PalaverError } from "@palaver/core";

/** Far beyond any use (APIs allow 100), and small enough that no logit of a working model overflows. */
const MAX_BIAS = 1e6;

/**
 * Adds a number to the logit of each named token; `-Infinity` forbids it. Ids beyond the vocabulary have no effect.
 * @throws ERR_INVALID_ARGUMENT for an id that is not a natural number, a bias that is neither `-Infinity` nor within a million
 */
export function logitBias(biases: ReadonlyMap<number, number>): LogitsTransform {
  for (const [id, bias] of biases) {
    if (!(Number.isSafeInteger(id) && id >= 0)) {
      throw new PalaverError("ERR_INVALID_ARGUMENT", `a logit bias is for a token id, got ${id}`);
    }
    if (bias === Number.NEGATIVE_INFINITY || Math.abs(bias) <= MAX_BIAS) continue;
    throw new PalaverError("ERR_INVALID_ARGUMENT", `the logit bias of token ${id} is out of range: ${bias}`);
  }
  const entries = [...biases]; // a later change of the map must not change a sampler
  return (logits) => {
    for (const [id, bias] of entries) if (id < logits.length) logits[id]! += bias;
  };
}

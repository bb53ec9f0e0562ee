import { PalaverError } from "@palaver/core";
import { Candidates } from "./candidates.ts";
import { BLOCK } from "./workspace.ts";

/** Looks at each logit once: the whole vocabulary as candidates. */
export function survey(logits: Float32Array): Candidates {
  return new Candidates(logits);
}

/**
 * Fails unless a token can be drawn: `-Infinity` excludes a token, `NaN` and `+Infinity` come from a broken model or
 * runtime and would otherwise decide the token silently. @throws ERR_RUNTIME
 */
export function requireDrawable({ source, max }: Candidates): void {
  if (max > Number.NEGATIVE_INFINITY) return;
  if (Number.isNaN(max)) {
    const id = source.findIndex((logit) => !(logit < Number.POSITIVE_INFINITY));
    const message = `the logit of token ${id} is ${source[id]}: the model or its runtime is broken`;
    throw new PalaverError("ERR_RUNTIME", message, { details: { id } });
  }
  throw new PalaverError("ERR_RUNTIME", `no token is left to choose from: all ${source.length} logits are -Infinity`);
}

/** The first token with the largest logit. */
export function bestToken({ source, max, maxima }: Candidates): number {
  return Math.max(0, source.indexOf(max, maxima.indexOf(max) * BLOCK));
}

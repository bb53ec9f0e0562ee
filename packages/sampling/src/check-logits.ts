import { PalaverError } from "@palaver/core";

/**
 * Fails unless a token can be drawn from these logits: `-Infinity` excludes a token, `NaN` and `+Infinity` come from a
 * broken model or runtime and would otherwise decide the token silently.
 */
export function checkLogits(logits: Float32Array): void {
  let max = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id]!;
    if (logit <= max) continue; // false for NaN, so that one comparison a token serves both
    if (!(logit < Number.POSITIVE_INFINITY)) throw notFinite(logit, id);
    max = logit;
  }
  if (max === Number.NEGATIVE_INFINITY) {
    throw new PalaverError("ERR_RUNTIME", `no token is left to choose from: all ${logits.length} logits are -Infinity`);
  }
}

// --- internal ---

function notFinite(logit: number, id: number): PalaverError {
  return new PalaverError("ERR_RUNTIME", `the logit of token ${id} is ${logit}: the model or its runtime is broken`, {
    details: { id },
  });
}

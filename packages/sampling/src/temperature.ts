import type { LogitsTransform } from "@palaver/core";
import { PalaverError } from "@palaver/core";
import { argmax } from "./argmax.ts";

/**
 * Divides logits by `t`: below 1 the probable becomes more probable, above 1 less. 0 keeps the most probable token alone.
 * The largest logit is moved to 0 first, which P does not see and which keeps every `t > 0` free of overflow.
 * @throws ERR_INVALID_ARGUMENT unless `t` is a finite number from 0 on
 */
export function temperature(t: number): LogitsTransform {
  requireTemperature(t);
  return (logits) => {
    const best = argmax(logits);
    if (t === 0) {
      logits.fill(Number.NEGATIVE_INFINITY);
      logits[best] = 0;
      return;
    }
    const max = logits[best] ?? 0;
    for (let i = 0; i < logits.length; i++) logits[i] = (logits[i]! - max) / t;
  };
}

/** Fails with ERR_INVALID_ARGUMENT unless `t` is a finite number from 0 on. */
export function requireTemperature(t: number): void {
  if (t >= 0 && t < Number.POSITIVE_INFINITY) return;
  throw new PalaverError("ERR_INVALID_ARGUMENT", `temperature must be 0 or more, got ${t}`);
}

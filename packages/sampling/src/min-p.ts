import type { LogitsTransform } from "@palaver/core";
import { argmax } from "./argmax.ts";
import { requireProbability } from "./require-probability.ts";

/**
 * Keeps tokens at least `p` times as probable as the most probable one. 0 keeps all, 1 the most probable.
 * Needs no softmax: `P(t) >= p * P(best)` is `logit(t) >= logit(best) + log p`.
 * @throws ERR_INVALID_ARGUMENT unless `p` is from 0 to 1
 */
export function minP(p: number): LogitsTransform {
  requireProbability("min p", p);
  const distance = Math.log(p);
  return (logits) => {
    if (p === 0) return;
    const least = (logits[argmax(logits)] ?? 0) + distance;
    for (let i = 0; i < logits.length; i++) if (logits[i]! < least) logits[i] = Number.NEGATIVE_INFINITY;
  };
}

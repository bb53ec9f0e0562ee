import type { LogitsTransform } from "@palaver/core";
import { keepBest } from "./keep-best.ts";
import { requireProbability } from "./require-probability.ts";
import { softmax } from "./softmax.ts";

/**
 * Keeps the smallest set of most probable tokens whose probability reaches `p` (nucleus sampling, Holtzman et al. 2019,
 * https://arxiv.org/abs/1904.09751). 1 keeps all, 0 the most probable alone.
 * @throws ERR_INVALID_ARGUMENT unless `p` is from 0 to 1
 */
export function topP(p: number): LogitsTransform {
  requireProbability("top p", p);
  return (logits) => {
    if (p === 1) return;
    const ranks = new Float64Array(logits.length);
    for (let i = 0; i < ranks.length; i++) ranks[i] = -logits[i]!;
    keepBest(logits, ranks, softmax(logits), p);
  };
}

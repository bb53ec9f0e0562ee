import type { LogitsTransform } from "@palaver/core";
import { keepBest } from "./keep-best.ts";
import { requireProbability } from "./require-probability.ts";
import { softmax } from "./softmax.ts";

/**
 * Keeps the smallest set of most typical tokens whose probability reaches `p`: typical is a surprise `-log P(t)` close to
 * the expected one, the entropy (locally typical sampling, Meister et al. 2022, https://arxiv.org/abs/2202.00666). 1 keeps all.
 * @throws ERR_INVALID_ARGUMENT unless `p` is from 0 to 1
 */
export function typicalP(p: number): LogitsTransform {
  requireProbability("typical p", p);
  return (logits) => {
    if (p === 1) return;
    const probabilities = softmax(logits);
    let entropy = 0;
    for (const P of probabilities) if (P > 0) entropy -= P * Math.log(P);
    const ranks = probabilities.map((P) => Math.abs(-Math.log(P) - entropy));
    keepBest(logits, ranks, probabilities, p);
  };
}

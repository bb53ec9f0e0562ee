import type { TokenLogprob } from "@palaver/core";
import { PalaverError } from "@palaver/core";
import { argmax } from "./argmax.ts";
import { selectTop } from "./select-top.ts";

/**
 * log P of token `id`, then of the `top` most probable tokens in descending order (`id` may be among them again). Call it
 * on the model's logits, before a sampler changes them; they are not changed here.
 * @throws ERR_INVALID_ARGUMENT for an id outside the vocabulary
 */
export function logprobs(logits: Float32Array, id: number, top = 0): [TokenLogprob, ...TokenLogprob[]] {
  if (logits[id] === undefined) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `token ${id} is not in the vocabulary of ${logits.length}`);
  }
  const total = logSumExp(logits);
  const logprobOf = (token: number): TokenLogprob => ({ id: token, logprob: logits[token]! - total });
  const best = [...selectTop(logits, top)].sort((a, b) => logits[b]! - logits[a]! || a - b);
  return [logprobOf(id), ...best.map(logprobOf)];
}

// --- internal ---

/** log of the sum of exp(logit), in double, shifted by the largest so that nothing overflows. */
function logSumExp(logits: Float32Array): number {
  const max = logits[argmax(logits)]!;
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i]! - max);
  return max + Math.log(sum);
}

import type { TokenLogprob } from "@palaver/core";
import { PalaverError } from "@palaver/core";
import { selectTop } from "./select-top.ts";
import { survey } from "./survey.ts";
import { weigh } from "./weigh.ts";

/**
 * log P of token `id`, then of the `top` most probable tokens in descending order (`id` may be among them again). Call it
 * on the model's logits, before a sampler changes them; they are not changed here.
 * @throws ERR_INVALID_ARGUMENT for an id outside the vocabulary
 */
export function logprobs(logits: Float32Array, id: number, top = 0): [TokenLogprob, ...TokenLogprob[]] {
  if (logits[id] === undefined) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `token ${id} is not in the vocabulary of ${logits.length}`);
  }
  const candidates = survey(logits);
  const total = candidates.max + Math.log(weigh(candidates, Math.LOG2E).total);
  const logprobOf = (token: number): TokenLogprob => ({ id: token, logprob: logits[token]! - total });
  const best = [...selectTop(candidates, top)].sort((a, b) => logits[b]! - logits[a]! || a - b);
  return [logprobOf(id), ...best.map(logprobOf)];
}

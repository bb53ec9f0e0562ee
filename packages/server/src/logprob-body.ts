import type { Tokenizer, TokenLogprob } from "@palaver/core";
import type { ChosenToken } from "./answer-parts.ts";

/** JSON has no infinity; this is what the OpenAI API says of tokens with a probability of nothing. */
const LEAST_LOGPROB = -9999;

/** A chosen token with its log P, in the shape that both dialects share. */
export function logprobBody({ top, ...chosen }: ChosenToken, tokenizer: Tokenizer): object {
  return { ...entry(chosen, tokenizer), top_logprobs: top.map((token) => entry(token, tokenizer)) };
}

// --- internal ---

/** `token` may be half a character; then only `bytes` tells which. A control token has no bytes but its spelling. */
function entry({ id, logprob }: TokenLogprob, tokenizer: Tokenizer): object {
  const bytes = tokenizer.isControl(id)
    ? new TextEncoder().encode(tokenizer.idToToken(id) ?? "")
    : tokenizer.tokenBytes(id);
  return { token: new TextDecoder().decode(bytes), logprob: Math.max(logprob, LEAST_LOGPROB), bytes: [...bytes] };
}

import type { LogitsTransform } from "@palaver/core";
import { PalaverError } from "@palaver/core";

/** Far beyond any use, and small enough that no logit of a working model overflows. */
const MAX_PENALTY = 1000;

export interface PenaltyOptions {
  /** Divides positive and multiplies negative logits of tokens seen (Keskar et al. 2019, https://arxiv.org/abs/1909.05858). Default: 1, none. */
  readonly repetitionPenalty?: number;
  /** Subtracted once from the logit of a token seen. Default: 0. */
  readonly presencePenalty?: number;
  /** Subtracted as often as a token was seen. Default: 0. */
  readonly frequencyPenalty?: number;
  /** How many of the last tokens count as seen, prompt included; `Infinity` for all, 0 for none. Default: 64. */
  readonly penaltyWindow?: number;
}

/**
 * Makes tokens less probable that the sequence holds already.
 * @throws ERR_INVALID_ARGUMENT for a repetition penalty outside 0.001 to 1000, others outside -1000 to 1000, a negative window
 */
export function penalties(options: PenaltyOptions = {}): LogitsTransform {
  const { repetitionPenalty = 1, presencePenalty = 0, frequencyPenalty = 0, penaltyWindow = 64 } = options;
  requireBetween("repetition penalty", repetitionPenalty, 1 / MAX_PENALTY);
  requireBetween("presence penalty", presencePenalty, -MAX_PENALTY);
  requireBetween("frequency penalty", frequencyPenalty, -MAX_PENALTY);
  if (!(penaltyWindow >= 0)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `penalty window must be 0 or more, got ${penaltyWindow}`);
  }
  return (logits, { ids }) => {
    for (const [id, count] of countTokens(ids, penaltyWindow)) {
      const logit = logits[id];
      if (logit === undefined) continue; // not a token that these logits could choose
      const divided = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty;
      logits[id] = divided - presencePenalty - count * frequencyPenalty;
    }
  };
}

// --- internal ---

/** How often each token occurs among the last `window` ones. */
function countTokens(ids: readonly number[], window: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (let i = Math.max(0, ids.length - Math.floor(window)); i < ids.length; i++) {
    const id = ids[i]!;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

function requireBetween(name: string, value: number, least: number): void {
  if (value >= least && value <= MAX_PENALTY) return;
  throw new PalaverError("ERR_INVALID_ARGUMENT", `${name} must be from ${least} to ${MAX_PENALTY}, got ${value}`);
}

import type { LogitsTransform } from "@palaver/core";
import { requireProbability } from "./require-probability.ts";
import { spread } from "./spread.ts";
import { survey, tokensFrom } from "./survey.ts";
import { uniform } from "./uniform.ts";

/** The stream of random numbers that decides whether to exclude; 0 is the one that draws tokens. */
const STREAM = 1;

export interface XtcOptions {
  /** How often, from 0 to 1, top choices are excluded. Default: 0, never. */
  readonly probability?: number;
  /** Tokens at least this probable are top choices; above 0.5 there are never two. Default: 0.1. */
  readonly threshold?: number;
  /** Decides, with the position, when: a safe integer. Default: 0. */
  readonly seed?: number;
}

/**
 * Excludes top choices: of the tokens with a probability of `threshold` or more, all but the least probable one go, so
 * that a good but less usual token is chosen (XTC, https://github.com/oobabooga/text-generation-webui/pull/6335). Of
 * equally probable ones the highest id stays.
 * @throws ERR_INVALID_ARGUMENT unless both numbers are from 0 to 1
 */
export function xtc({ probability = 0, threshold = 0.1, seed = 0 }: XtcOptions): LogitsTransform {
  requireProbability("xtc probability", probability);
  requireProbability("xtc threshold", threshold);
  return (logits, { position }) => {
    if (threshold > 0.5 || uniform(seed, position, STREAM) >= probability) return;
    const surveyed = survey(logits);
    if (!Number.isFinite(surveyed.max)) return;
    // P(t) >= threshold is logit(t) >= max + log(threshold * total).
    const choices = tokensFrom(surveyed, surveyed.max + Math.log(threshold * spread(surveyed).total));
    if (choices.length === 0) return;
    const last = choices.reduce((least, id) => (logits[id]! <= logits[least]! ? id : least));
    for (const id of choices) if (id !== last) logits[id] = Number.NEGATIVE_INFINITY;
  };
}

import type { LogitsTransform } from "@palaver/core";
import { requireProbability } from "./require-probability.ts";
import { keepSelected, type Selection } from "./selection.ts";
import { uniform } from "./uniform.ts";
import { leastTotal, weigh } from "./weigh.ts";

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
export function xtc(options: XtcOptions): LogitsTransform {
  return keepSelected(xtcSelection(options));
}

/** @throws ERR_INVALID_ARGUMENT unless both numbers are from 0 to 1 */
export function xtcSelection({ probability = 0, threshold = 0.1, seed = 0 }: XtcOptions): Selection {
  requireProbability("xtc probability", probability);
  requireProbability("xtc threshold", threshold);
  return (candidates, { position }) => {
    if (threshold > 0.5 || uniform(seed, position, STREAM) >= probability) return;
    if (threshold * leastTotal(candidates) > 1) return; // not even the most probable one
    // P(t) >= threshold is logit(t) >= max + log(threshold * total).
    const { total } = weigh(candidates, Math.LOG2E);
    const { places, logits } = candidates.find({ low: candidates.max + Math.log(threshold * total) });
    let last = 0;
    for (let i = 1; i < logits.length; i++) if (logits[i]! <= logits[last]!) last = i;
    if (places.length > 1) candidates.exclude(places.filter((_, i) => i !== last));
  };
}

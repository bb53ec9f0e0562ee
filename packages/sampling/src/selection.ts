import type { LogitsTransform, SampleContext } from "@palaver/core";
import { type Survey, survey } from "./survey.ts";

/** Chooses the tokens that stay, ascending ids; undefined for all. At least one stays of logits that one can be drawn from. */
export type Selection = (surveyed: Survey, context: SampleContext) => Uint32Array | undefined;

/** The transform that excludes every token a selection does not choose. Logits that no token can be drawn from stay as they are. */
export function keepSelected(select: Selection): LogitsTransform {
  return (logits, context) => {
    const surveyed = survey(logits);
    if (!Number.isFinite(surveyed.max)) return;
    const ids = select(surveyed, context);
    if (ids === undefined) return;
    const kept = pick(logits, ids);
    logits.fill(Number.NEGATIVE_INFINITY);
    for (let i = 0; i < ids.length; i++) logits[ids[i]!] = kept[i]!;
  };
}

/** The logits of these tokens, in their order. */
export function pick(logits: Float32Array, ids: Uint32Array): Float32Array {
  const picked = new Float32Array(ids.length);
  for (let i = 0; i < ids.length; i++) picked[i] = logits[ids[i]!]!;
  return picked;
}

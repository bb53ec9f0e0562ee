import type { LogitsTransform, SampleContext } from "@palaver/core";
import type { Candidates } from "./candidates.ts";
import { survey } from "./survey.ts";

/** Chooses among candidates, whose largest logit is finite; one stays at least. */
export type Selection = (candidates: Candidates, context: SampleContext) => void;

/** The transform that excludes every token a selection does not choose. Logits that no token can be drawn from stay as they are. */
export function keepSelected(select: Selection): LogitsTransform {
  return (logits, context) => {
    const candidates = survey(logits);
    if (!Number.isFinite(candidates.max)) return;
    select(candidates, context);
    if (!candidates.isReduced) return;
    const kept = candidates.logits;
    logits.fill(Number.NEGATIVE_INFINITY);
    for (let place = 0; place < kept.length; place++) logits[candidates.idAt(place)] = kept[place]!;
  };
}

import type { Candidates } from "./candidates.ts";
import { LARGEST } from "./float32.ts";
import { STRIP_COUNT } from "./kernels/memory-layout.ts";
import { TO_INTEGER } from "./kernels/power.ts";

/** Further below the largest logit than this, e^-distance is negligible, and all share the last strip. */
const FARTHEST = 64;
const LAST_STRIP = STRIP_COUNT - 1;

/**
 * How much lies how far below the largest logit: distances fall into strips, as wide as makes the last one that of the
 * smallest logit, so that few tokens share one.
 */
export interface Profile {
  /** The sum of the candidates of each strip. */
  readonly strips: Float64Array;
  readonly total: number;
  /** The strip of a logit: the one whose middle, a multiple of `width` below the largest logit, is the nearest. */
  stripOf(logit: number): number;
  readonly width: number;
  /** Bounds that hold the logits of strips from the first to the last, and none that is a strip further away. */
  bounds(first: number, last: number): { readonly low: number; readonly high: number };
}

/**
 * Weighs every candidate by e^(logit - largest logit). The largest logit must be finite. The strips may lack candidates
 * with a logit below `from`, which spares time; the total does not.
 */
export function profileWeights(
  candidates: Candidates,
  from = Number.NEGATIVE_INFINITY,
): Profile & {
  /** The mean distance below the largest logit, by P. */
  readonly meanDistance: number;
} {
  const { max, end, workspace } = candidates;
  const { kernels, logits, maxima, sums64 } = workspace;
  const stripsPerUnit = clearedStrips(candidates);
  const moment = kernels.profile(logits.address, end, maxima.address, from, max, stripsPerUnit);
  const profile = profileOf(candidates, stripsPerUnit);
  const total = profile.total + sums64[0]!;
  return { ...profile, total, meanDistance: moment / total };
}

/** Counts every candidate, excluded ones in the last strip. The largest logit must be finite. */
export function profileCounts(candidates: Candidates): Profile {
  const { max, end, workspace } = candidates;
  const { kernels, logits, maxima } = workspace;
  const stripsPerUnit = clearedStrips(candidates);
  kernels.count(logits.address, end, maxima.address, 0, max, stripsPerUnit);
  return profileOf(candidates, stripsPerUnit);
}

// --- internal ---

function clearedStrips({ workspace, max, min }: Candidates): number {
  workspace.strips.fill(0);
  workspace.otherStrips.fill(0);
  const span = Math.min(FARTHEST, max - min);
  return span > 0 ? Math.fround(Math.min(LAST_STRIP / span, LARGEST)) : 1;
}

function profileOf({ workspace, max }: Candidates, stripsPerUnit: number): Profile {
  const { strips, otherStrips } = workspace;
  let total = 0;
  for (let i = 0; i < strips.length; i++) total += strips[i]! += otherStrips[i]!;
  const logitAt = (strip: number): number => max - strip / stripsPerUnit;
  return {
    strips,
    total,
    width: 1 / stripsPerUnit,
    // Rounds as the kernel does.
    stripOf: (logit) => {
      const strip = Math.fround(Math.fround(max - logit) * stripsPerUnit);
      return Math.fround(Math.min(strip, LAST_STRIP) + TO_INTEGER) - TO_INTEGER;
    },
    bounds: (first, last) => ({
      low: last >= LAST_STRIP ? -LARGEST : logitAt(last + 1),
      high: first <= 0 ? max : logitAt(first - 1),
    }),
  };
}

import type { Candidates, Found } from "./candidates.ts";
import { LARGEST } from "./float32.ts";
import { STRIP_COUNT } from "./kernels/memory-layout.ts";
import { TO_INTEGER } from "./kernels/power.ts";
import { BLOCK } from "./workspace.ts";

/** Further below the largest logit than this, e^-distance is negligible, and all share the last strip. */
const WIDEST_SPAN = 64;
const LAST_STRIP = STRIP_COUNT - 1;
/** Every so many blocks of many are looked at for a sketch. */
const STRIDE = 32;

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
  /** How many strips a distance of 1 is: 1 / width. */
  readonly stripsPerUnit: number;
  /** Bounds that hold the logits of strips from the first to the last, and none that is a strip further away. */
  bounds(first: number, last: number): { readonly low: number; readonly high: number };
}

/** Weighs every candidate by e^(logit - largest logit). The largest logit must be finite. */
export function profileWeights(candidates: Candidates): Profile {
  const { workspace, end, max } = candidates;
  const stripsPerUnit = clearedStrips(candidates);
  workspace.kernels.profile(workspace.logits.address, end, max, stripsPerUnit);
  return profileOf(candidates, stripsPerUnit);
}

/** The same of what was found last, by e^(logit - largest logit of the candidates) and in the strips of another profile. */
export function profileFound(candidates: Candidates, { logits }: Found, { stripsPerUnit }: Profile): Profile {
  const { kernels, foundLogits } = candidates.workspace;
  clearedStrips(candidates);
  const end = foundLogits.address + 4 * BLOCK * Math.ceil(logits.length / BLOCK);
  kernels.profile(foundLogits.address, end, candidates.max, stripsPerUnit);
  return profileOf(candidates, stripsPerUnit);
}

/**
 * About the same in a tenth of the time: the largest of each block, and of the others a thirty-second part, which stands for
 * all. The few tokens that weigh the most are nearly all the largest of their block.
 */
export function sketchWeights(candidates: Candidates): Profile {
  const { workspace, max, maxima, blockCount } = candidates;
  const { kernels, logits } = workspace;
  const stripsPerUnit = clearedStrips(candidates);
  const add = (address: number, blocks: number): void => {
    kernels.profile(address, address + 4 * BLOCK * blocks, max, stripsPerUnit);
  };
  for (let block = 0; block < blockCount; block += STRIDE) add(logits.address + 4 * BLOCK * block, 1);
  const { strips, stripOf } = profileOf(candidates, stripsPerUnit);
  for (let block = 0; block < blockCount; block += STRIDE) {
    const largest = maxima[block]!;
    strips[stripOf(largest)]! -= Math.exp(largest - max);
  }
  for (let strip = 0; strip < strips.length; strip++) strips[strip] = Math.max(0, STRIDE * strips[strip]!);
  workspace.otherStrips.fill(0);
  add(workspace.maxima.address, Math.ceil(blockCount / BLOCK));
  return profileOf(candidates, stripsPerUnit);
}

/** Counts every candidate, excluded ones in the last strip. The largest logit must be finite. */
export function profileCounts(candidates: Candidates): Profile {
  const { workspace, end, max } = candidates;
  const { kernels, logits } = workspace;
  const stripsPerUnit = clearedStrips(candidates);
  kernels.count(logits.address, end, max, stripsPerUnit);
  return profileOf(candidates, stripsPerUnit);
}

// --- internal ---

function clearedStrips({ workspace, max, min }: Candidates): number {
  workspace.strips.fill(0);
  workspace.otherStrips.fill(0);
  const span = Math.min(WIDEST_SPAN, max - min);
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
    stripsPerUnit,
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

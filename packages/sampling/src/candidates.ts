import { PalaverError } from "@palaver/core";
import { LARGEST, roundDown, roundUp } from "./float32.ts";
import type { Pack } from "./kernels/kernels.ts";
import { BLOCK, type Workspace, workspaceFor } from "./workspace.ts";

/** Bounds of logits, both included, and never `-Infinity`; other ones behind the id `last`, if it is given. */
export interface Bounds {
  readonly low?: number;
  readonly high?: number;
  readonly last?: number;
  readonly lowBehind?: number;
  readonly highBehind?: number;
}

/** Places among the candidates, ascending, and their logits; until the next search. */
export interface Found {
  readonly places: Int32Array;
  readonly logits: Float32Array;
  /** Whether the largest logit of all is among them. */
  readonly hasLargest: boolean;
}

/**
 * The tokens that can still be chosen, ascending ids, and their logits: in the kernels' memory, so only until the next
 * candidates are made.
 */
export class Candidates {
  /** The logits of the whole vocabulary. */
  readonly source: Float32Array;
  #count: number;
  /** Whether all that follows is known; the draw, behind the last selection, needs but the largest. */
  #isSurveyed = false;
  #max: number | undefined;
  #min = Number.POSITIVE_INFINITY;
  /** Padding behind the last candidate counts too, so it may be true without need. */
  #hasExcluded = true;
  #areIdsPlaces = true;
  readonly #workspace: Workspace;
  readonly #generation = ++generation;

  constructor(source: Float32Array) {
    this.source = source;
    this.#count = source.length;
    this.#workspace = workspaceFor(source.length);
    this.#workspace.logits.view.set(source);
    pad(this.#workspace.logits.view, source.length);
    this.#survey();
  }

  /** Whether some of the vocabulary were excluded since. */
  get isReduced(): boolean {
    return this.#isReduced;
  }
  #isReduced = false;

  get count(): number {
    return this.#count;
  }

  /** The largest logit; `NaN` if a logit is `NaN` or `+Infinity`, `-Infinity` if every token is excluded. */
  get max(): number {
    if (this.#max === undefined) this.#survey();
    return this.#max!;
  }

  /** The smallest logit that is not `-Infinity`. */
  get min(): number {
    this.#survey();
    return this.#min;
  }

  get logits(): Float32Array {
    return this.workspace.logits.view.subarray(0, this.#count);
  }

  /** The id of the candidate at a place. */
  idAt(place: number): number {
    return this.#areIdsPlaces ? place : this.workspace.ids.view[place]!;
  }

  get ids(): Int32Array {
    const { ids } = this.workspace;
    if (this.#areIdsPlaces) return Int32Array.from({ length: this.#count }, (_, place) => place);
    return ids.view.subarray(0, this.#count);
  }

  /** The largest logit of each block of 64. */
  get maxima(): Float32Array {
    this.#survey();
    return this.workspace.maxima.view.subarray(0, this.blockCount);
  }

  /** Of 64 each, the last one padded with `-Infinity`. */
  get blockCount(): number {
    return blocksFor(this.#count);
  }

  /** The kernels and their memory, in which these candidates stand. @throws ERR_CLOSED if they do no more */
  get workspace(): Workspace {
    if (this.#generation === generation) return this.#workspace;
    throw new PalaverError("ERR_CLOSED", "other logits took these candidates' place");
  }

  /** The address behind the last logit, in whole blocks. */
  get end(): number {
    return this.workspace.logits.address + 4 * BLOCK * this.blockCount;
  }

  /** Keeps the candidates within bounds. */
  keep(bounds: Bounds): void {
    const { kernels } = this.workspace;
    const { lowest, highest } = certain(bounds);
    const hasLargest = lowest <= this.max && highest >= this.max;
    if (this.#isSurveyed && lowest <= this.#min && hasLargest && !this.#hasExcluded) return;
    const count = this.#pack(this.#areIdsPlaces ? kernels.packPlaces : kernels.pack, bounds, "logits", "ids");
    this.#reduce(count, hasLargest);
  }

  /** Keeps what was found last, which is less than a search with `keep`. */
  keepFound({ places, logits, hasLargest }: Found): void {
    const { workspace } = this;
    workspace.logits.view.set(logits);
    const ids = workspace.ids.view;
    if (this.#areIdsPlaces) ids.set(places);
    else for (let i = 0; i < places.length; i++) ids[i] = ids[places[i]!]!; // of the places in front none is read again
    this.#reduce(places.length, hasLargest);
  }

  /** The candidates within bounds. */
  find(bounds: Bounds): Found {
    const { kernels, foundLogits, foundPlaces } = this.workspace;
    const count = this.#pack(kernels.packPlaces, bounds, "foundLogits", "foundPlaces");
    pad(foundLogits.view, count);
    const { lowest, highest } = certain(bounds);
    return {
      places: foundPlaces.view.subarray(0, count),
      logits: foundLogits.view.subarray(0, count),
      hasLargest: lowest <= this.max && highest >= this.max,
    };
  }

  /** Excludes the candidates at these places. */
  exclude(places: Iterable<number>): void {
    const { logits } = this;
    for (const place of places) logits[place] = Number.NEGATIVE_INFINITY;
    this.#forget(false);
  }

  #pack(
    pack: Pack,
    { low = -LARGEST, high = LARGEST, last = LAST_ID, lowBehind = low, highBehind = high }: Bounds,
    toLogits: "logits" | "foundLogits",
    toIds: "ids" | "foundPlaces",
  ): number {
    const { workspace, end } = this;
    return pack(
      workspace.logits.address,
      pack === workspace.kernels.pack ? workspace.ids.address : 0,
      end,
      workspace.maxima.address,
      workspace[toLogits].address,
      workspace[toIds].address,
      last,
      roundUp(Math.max(low, -LARGEST)),
      roundDown(Math.min(high, LARGEST)),
      roundUp(Math.max(lowBehind, -LARGEST)),
      roundDown(Math.min(highBehind, LARGEST)),
    );
  }

  /** What stands in front are all candidates now. */
  #reduce(count: number, hasLargest: boolean): void {
    this.#count = count;
    this.#areIdsPlaces = false;
    pad(this.workspace.logits.view, count);
    this.#forget(hasLargest);
  }

  #forget(hasLargest: boolean): void {
    if (!hasLargest) this.#max = undefined;
    this.#isReduced = true;
    this.#isSurveyed = false;
    // Until then any block may have a large one.
    this.workspace.maxima.view.fill(Number.POSITIVE_INFINITY, 0, this.blockCount);
  }

  /** Looks at each logit once, unless that was done. */
  #survey(): void {
    if (this.#isSurveyed) return;
    const { workspace, end } = this;
    const { kernels, logits, maxima, surveyed } = workspace;
    maxima.view.fill(Number.NEGATIVE_INFINITY, this.blockCount);
    const max = kernels.survey(logits.address, end, maxima.address);
    this.#max = surveyed.flags[0] === 0 && max < Number.POSITIVE_INFINITY ? max : Number.NaN;
    this.#min = surveyed.min[0]!;
    this.#hasExcluded = surveyed.flags[1] !== 0;
    this.#isSurveyed = true;
  }
}

// --- internal ---

/** No id is larger. */
const LAST_ID = 0x7fffffff;

let generation = 0;

/** From where to where logits are within bounds whatever their id. */
function certain({ low = -LARGEST, high = LARGEST, lowBehind = low, highBehind = high }: Bounds): {
  readonly lowest: number;
  readonly highest: number;
} {
  return { lowest: Math.max(low, lowBehind), highest: Math.min(high, highBehind) };
}

/** Fills the last block. */
function pad(logits: Float32Array, count: number): void {
  logits.fill(Number.NEGATIVE_INFINITY, count, BLOCK * blocksFor(count));
}

/** One at least, as every pass looks at one. */
function blocksFor(count: number): number {
  return Math.max(1, Math.ceil(count / BLOCK));
}

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
}

/**
 * The tokens that can still be chosen, ascending ids, and their logits: in the kernels' memory, so only until the next
 * candidates are made.
 */
export class Candidates {
  /** The logits of the whole vocabulary. */
  readonly source: Float32Array;
  #count: number;
  #max = Number.NEGATIVE_INFINITY;
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
    return this.#max;
  }

  /** The smallest logit that is not `-Infinity`. */
  get min(): number {
    return this.#min;
  }
  #min = Number.POSITIVE_INFINITY;

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
    return this.workspace.maxima.view.subarray(0, blocksFor(this.#count));
  }

  /** The kernels and their memory, in which these candidates stand. @throws ERR_CLOSED if they do no more */
  get workspace(): Workspace {
    if (this.#generation === generation) return this.#workspace;
    throw new PalaverError("ERR_CLOSED", "other logits took these candidates' place");
  }

  /** The address behind the last logit, in whole blocks. */
  get end(): number {
    return this.workspace.logits.address + 4 * BLOCK * blocksFor(this.#count);
  }

  /** Keeps the candidates within bounds. */
  keep(bounds: Bounds): void {
    const { low = -LARGEST, high = LARGEST, lowBehind = low, highBehind = high } = bounds;
    const isWithin = Math.max(low, lowBehind) <= this.#min && Math.min(high, highBehind) >= this.#max;
    if (isWithin && !this.#hasExcluded && this.#generation === generation) return;
    const { kernels } = this.workspace;
    this.#count = this.#pack(this.#areIdsPlaces ? kernels.packPlaces : kernels.pack, bounds, "logits", "ids");
    this.#areIdsPlaces = false;
    this.#isReduced = true;
    this.#survey();
  }

  /** The candidates within bounds. */
  find(bounds: Bounds): Found {
    const { kernels, foundLogits, foundPlaces } = this.workspace;
    const count = this.#pack(kernels.packPlaces, bounds, "foundLogits", "foundPlaces");
    return { places: foundPlaces.view.subarray(0, count), logits: foundLogits.view.subarray(0, count) };
  }

  /** Excludes the candidates at these places. */
  exclude(places: Iterable<number>): void {
    const { logits } = this;
    for (const place of places) logits[place] = Number.NEGATIVE_INFINITY;
    this.#isReduced = true;
    this.#survey();
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

  /** Looks at each logit once. */
  #survey(): void {
    const { workspace, end } = this;
    const { kernels, logits, maxima, surveyed } = workspace;
    logits.view.fill(Number.NEGATIVE_INFINITY, this.#count, (end - logits.address) / 4);
    maxima.view.fill(Number.NEGATIVE_INFINITY, blocksFor(this.#count));
    const max = kernels.survey(logits.address, end, maxima.address);
    this.#max = surveyed.flags[0] === 0 && max < Number.POSITIVE_INFINITY ? max : Number.NaN;
    this.#min = surveyed.min[0]!;
    this.#hasExcluded = surveyed.flags[1] !== 0;
  }
}

// --- internal ---

/** No id is larger. */
const LAST_ID = 0x7fffffff;

let generation = 0;

/** One at least, as every pass looks at one. */
function blocksFor(count: number): number {
  return Math.max(1, Math.ceil(count / BLOCK));
}

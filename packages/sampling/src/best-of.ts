/**
 * The core of top-k, top-p and typical-p: of tokens with a rank (smaller is better) and a weight, the smallest set of best
 * ones whose weight reaches a target. Instead of a sort, ranks fall into buckets; only the bucket in which the target is
 * reached is looked into, by finer buckets, until it is small enough to sort.
 */

/** Buckets of one pass. */
const BUCKETS = 1024;
/** Up to this many candidates a sort is cheaper than another pass. */
const SORTED_AT = 256;

export interface Ranked {
  /** Ascending. */
  readonly ids: Uint32Array;
  /** Of each id; smaller is better. */
  readonly ranks: Float64Array;
  /** Of each id, above 0. */
  readonly weights: Float64Array;
}

export interface BestOptions {
  /** The weight to reach. */
  readonly target: number;
  /** Tokens of a smaller rank belong to the set for certain; their weights are not looked at. Default: `-Infinity`. */
  readonly certain?: number;
  /** The weight of those. Default: 0. */
  readonly sum?: number;
}

/** The ids of the set, ascending: of equal ranks the lowest ids come first. At least one id stays of one or more. */
export function bestOf({ ids, ranks, weights }: Ranked, options: BestOptions): Uint32Array {
  const { target, certain = Number.NEGATIVE_INFINITY, sum = 0 } = options;
  const places = Uint32Array.from(ids.keys()).filter((i) => !(ranks[i]! < certain));
  if (places.length === 0) return ids;
  const last = lastOfBest(places, ranks, weights, target - sum);
  const limit = ranks[last]!;
  return ids.filter((_, i) => ranks[i]! < limit || (ranks[i] === limit && i <= last));
}

// --- internal ---

/** The place of the last token that belongs to the set. */
function lastOfBest(all: Uint32Array, ranks: Float64Array, weights: Float64Array, target: number): number {
  let places = all;
  let sum = 0;
  while (places.length > SORTED_AT) {
    const buckets = bucketsOf(places, ranks);
    if (buckets === undefined) break; // all ranks are equal, and places are in their order already
    const sums = new Float64Array(BUCKETS);
    for (let i = 0; i < places.length; i++) sums[buckets[i]!]! += weights[places[i]!]!;
    let bucket = 0;
    while (bucket < BUCKETS - 1 && sum + sums[bucket]! < target) sum += sums[bucket++]!;
    const inside = places.filter((_, i) => buckets[i] === bucket);
    if (inside.length === 0) break; // rounding kept the sum below the target
    places = inside;
  }
  if (places.length <= SORTED_AT) places.sort((a, b) => ranks[a]! - ranks[b]! || a - b);
  for (const place of places) {
    sum += weights[place]!;
    if (sum >= target) return place;
  }
  return places.at(-1)!; // rounding kept the sum below the target
}

/** Which bucket each place's rank falls into; undefined if all ranks are equal. */
function bucketsOf(places: Uint32Array, ranks: Float64Array): Uint16Array | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < places.length; i++) {
    const rank = ranks[places[i]!]!;
    if (rank < low) low = rank;
    if (rank > high) high = rank;
  }
  if (low === high) return undefined;
  const scale = BUCKETS / (high - low);
  const buckets = new Uint16Array(places.length);
  for (let i = 0; i < places.length; i++) buckets[i] = Math.min(BUCKETS - 1, (ranks[places[i]!]! - low) * scale);
  return buckets;
}

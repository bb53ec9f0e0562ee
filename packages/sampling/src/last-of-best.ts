/**
 * The core of top-k, top-p and typical-p: of tokens with a rank (smaller is better) and a weight, the last one of the
 * smallest set of best ones whose weight reaches a target. Instead of a sort, ranks fall into buckets; only the bucket in
 * which the target is reached is looked into, by finer buckets, until it is small enough to sort.
 */

/** Buckets of one pass. */
const BUCKETS = 1024;
/** Up to this many candidates a sort is cheaper than another pass. */
const SORTED_AT = 256;

export interface Ranked {
  /** Of each token, in the order of ids; smaller is better. */
  readonly ranks: Float64Array;
  /** Of each token, above 0. */
  readonly weights: Float64Array;
}

/**
 * The place of the last token of the set, in a list of one or more: all of a smaller rank belong to it, and of the same
 * rank those in front of it.
 */
export function lastOfBest({ ranks, weights }: Ranked, target: number): number {
  let places = new Uint32Array(ranks.length);
  for (let i = 0; i < places.length; i++) places[i] = i;
  let sum = 0;
  while (places.length > SORTED_AT) {
    const buckets = bucketsOf(places, ranks);
    if (buckets === undefined) break; // all ranks are equal, and places are in their order already
    const sums = new Float64Array(BUCKETS);
    for (let i = 0; i < places.length; i++) sums[buckets[i]!]! += weights[places[i]!]!;
    let bucket = 0;
    while (bucket < BUCKETS - 1 && sum + sums[bucket]! < target) sum += sums[bucket++]!;
    let count = 0;
    for (let i = 0; i < places.length; i++) if (buckets[i] === bucket) places[count++] = places[i]!;
    places = places.subarray(0, count);
  }
  if (places.length <= SORTED_AT) places.sort((a, b) => ranks[a]! - ranks[b]! || a - b);
  for (let i = 0; i < places.length; i++) {
    sum += weights[places[i]!]!;
    if (sum >= target) return places[i]!;
  }
  return places.at(-1)!; // rounding kept the sum below the target
}

// --- internal ---

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

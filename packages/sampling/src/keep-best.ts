/**
 * The core of top-p and typical-p: of tokens with a rank (smaller is better) and a probability, the smallest set of
 * best ones whose probability reaches a target. Instead of a sort, ranks fall into buckets; only the bucket in which
 * the target is reached is looked into, by finer buckets, until it is small enough to sort.
 */

/** 32-bit logits tell P to about a millionth of itself: a sum this near to the target has reached it. */
const TOLERANCE = 1e-6;
/** Buckets of one pass. A vocabulary of 152k falls to a few hundred candidates in one or two passes. */
const BUCKETS = 1024;
/** Up to this many candidates a sort is cheaper than another pass. */
const SORTED_AT = 256;

/**
 * Sets to `-Infinity` the logit of each token outside the smallest set of best ranks whose probabilities sum to `target`
 * or more. Of equal ranks the lowest ids come first. At least one token stays.
 */
export function keepBest(logits: Float32Array, ranks: Float64Array, probabilities: Float64Array, target: number): void {
  const last = lastOfBest(ranks, probabilities, target * (1 - TOLERANCE));
  const limit = ranks[last]!;
  for (let i = 0; i < logits.length; i++) {
    if (ranks[i]! > limit || (ranks[i] === limit && i > last)) logits[i] = Number.NEGATIVE_INFINITY;
  }
}

// --- internal ---

/** The id of the last token that belongs to the best set. */
function lastOfBest(ranks: Float64Array, probabilities: Float64Array, target: number): number {
  let ids = possibleIds(probabilities);
  let sum = 0;
  while (ids.length > SORTED_AT) {
    const buckets = bucketsOf(ids, ranks);
    if (buckets === undefined) break; // all ranks are equal, and ids are in their order already
    const sums = new Float64Array(BUCKETS);
    for (let i = 0; i < ids.length; i++) sums[buckets[i]!]! += probabilities[ids[i]!]!;
    let bucket = 0;
    while (bucket < BUCKETS - 1 && sum + sums[bucket]! < target) sum += sums[bucket++]!;
    let count = 0;
    for (let i = 0; i < ids.length; i++) if (buckets[i] === bucket) ids[count++] = ids[i]!;
    ids = ids.subarray(0, count);
  }
  if (ids.length <= SORTED_AT) ids.sort((a, b) => ranks[a]! - ranks[b]! || a - b);
  for (const id of ids) {
    sum += probabilities[id]!;
    if (sum >= target) return id;
  }
  return ids.at(-1) ?? 0; // rounding kept the sum below the target
}

/** Ids of tokens that can be drawn at all. */
function possibleIds(probabilities: Float64Array): Uint32Array {
  const ids = new Uint32Array(probabilities.length);
  let count = 0;
  for (let id = 0; id < probabilities.length; id++) if (probabilities[id]! > 0) ids[count++] = id;
  return ids.subarray(0, count);
}

/** Which bucket each id's rank falls into; undefined if all ranks are equal. */
function bucketsOf(ids: Uint32Array, ranks: Float64Array): Uint16Array | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < ids.length; i++) {
    const rank = ranks[ids[i]!]!;
    if (rank < low) low = rank;
    if (rank > high) high = rank;
  }
  if (low === high) return undefined;
  const scale = BUCKETS / (high - low);
  const buckets = new Uint16Array(ids.length);
  for (let i = 0; i < ids.length; i++) buckets[i] = Math.min(BUCKETS - 1, (ranks[ids[i]!]! - low) * scale);
  return buckets;
}

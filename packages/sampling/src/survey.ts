import { PalaverError } from "@palaver/core";

/** Logits of one block: small enough that a block with one likely token is searched for nothing, large enough to be few. */
export const BLOCK = 64;

/** Logits, with what one pass over them tells: later passes look only into blocks that matter. */
export interface Survey {
  readonly logits: Float32Array;
  /** The largest logit; `NaN` if a logit is `NaN` or `+Infinity`, `-Infinity` if every token is excluded. */
  readonly max: number;
  /** The largest logit of each block of 64. */
  readonly maxima: Float32Array;
}

/** Looks at each logit once. Comparisons go by four, which halves the time. */
export function survey(logits: Float32Array): Survey {
  const { length } = logits;
  const maxima = new Float32Array(Math.ceil(length / BLOCK));
  let max = Number.NEGATIVE_INFINITY;
  for (let block = 0; block < maxima.length; block++) {
    const end = Math.min(length, (block + 1) * BLOCK);
    let i = block * BLOCK;
    let best = Number.NEGATIVE_INFINITY;
    for (; i + 3 < end; i += 4) {
      const a = logits[i]!;
      const b = logits[i + 1]!;
      const c = logits[i + 2]!;
      const d = logits[i + 3]!;
      // False for NaN too, which Math.max then hands on.
      if (!(a <= best && b <= best && c <= best && d <= best)) best = Math.max(best, a, b, c, d);
    }
    for (; i < end; i++) best = Math.max(best, logits[i]!);
    maxima[block] = best;
    max = Math.max(max, best);
  }
  return { logits, max: max < Number.POSITIVE_INFINITY ? max : Number.NaN, maxima };
}

/**
 * Fails unless a token can be drawn: `-Infinity` excludes a token, `NaN` and `+Infinity` come from a broken model or
 * runtime and would otherwise decide the token silently. @throws ERR_RUNTIME
 */
export function requireDrawable({ logits, max }: Survey): void {
  if (max > Number.NEGATIVE_INFINITY) return;
  if (Number.isNaN(max)) {
    const id = logits.findIndex((logit) => !(logit < Number.POSITIVE_INFINITY));
    const message = `the logit of token ${id} is ${logits[id]}: the model or its runtime is broken`;
    throw new PalaverError("ERR_RUNTIME", message, { details: { id } });
  }
  throw new PalaverError("ERR_RUNTIME", `no token is left to choose from: all ${logits.length} logits are -Infinity`);
}

/** The first token with the largest logit. */
export function bestToken({ logits, max, maxima }: Survey): number {
  return Math.max(0, logits.indexOf(max, maxima.indexOf(max) * BLOCK));
}

/**
 * The tokens with a logit of `least` or more, ascending; of those only the ones with a logit of `most` or less, if given.
 * Excluded tokens are never among them.
 */
export function tokensFrom({ logits, maxima }: Survey, least: number, most = Number.POSITIVE_INFINITY): Uint32Array {
  const from = Math.max(least, -LARGEST_LOGIT);
  let ids = new Uint32Array(1024);
  let count = 0;
  for (let block = 0; block < maxima.length; block++) {
    if (maxima[block]! < from) continue;
    if (count + BLOCK > ids.length) ids = grown(ids);
    const end = Math.min(logits.length, (block + 1) * BLOCK);
    for (let i = block * BLOCK; i < end; i++) {
      const logit = logits[i]!;
      if (logit >= from && logit <= most) ids[count++] = i;
    }
  }
  return ids.subarray(0, count);
}

/**
 * The tokens with a larger logit than `last`'s, and of those with the same one the ids up to it: what "the best up to
 * `last`" means wherever tokens are ranked by their logits.
 */
export function tokensUpTo(surveyed: Survey, last: number): Uint32Array {
  const least = surveyed.logits[last]!;
  const ids = tokensFrom(surveyed, least);
  let count = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (id <= last || surveyed.logits[id]! > least) ids[count++] = id;
  }
  return ids.subarray(0, count);
}

// --- internal ---

/** The largest finite 32-bit number. */
const LARGEST_LOGIT = (2 - 2 ** -23) * 2 ** 127;

function grown(ids: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * ids.length);
  larger.set(ids);
  return larger;
}

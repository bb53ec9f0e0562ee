import type { LogitsTransform } from "@palaver/core";
import { PalaverError } from "@palaver/core";

/** Far beyond any use, and small enough that no logit of a working model overflows. */
const MAX_PENALTY = 1e6;

export interface DryOptions {
  /** The penalty of a repetition of the allowed length, 0 to a million. Default: 0, none. */
  readonly multiplier?: number;
  /** By how much each further token of it multiplies the penalty, 1 or more. Default: 1.75. */
  readonly base?: number;
  /** The longest repetition that costs nothing to begin: what it would extend must be this long. Default: 2. */
  readonly allowedLength?: number;
  /** How many of the last tokens are looked at, prompt included. Default: `Infinity`, all. */
  readonly window?: number;
  /** Token sequences that no repetition reaches over, as of line ends and of names in front of a turn. Default: none. */
  readonly breakers?: readonly (readonly number[])[];
}

/**
 * Makes tokens less probable that would go on with what was said before: if the last `n` tokens stand earlier in the
 * sequence too, the token behind them there loses `multiplier * base ** (n - allowedLength)` (DRY, "don't repeat yourself",
 * https://github.com/oobabooga/text-generation-webui/pull/5677). The penalty is at most a million.
 * @throws ERR_INVALID_ARGUMENT for an option out of its range
 */
export function dry(options: DryOptions): LogitsTransform {
  const { multiplier = 0, base = 1.75, allowedLength = 2, window = Number.POSITIVE_INFINITY, breakers = [] } = options;
  requireAtLeast("dry multiplier", multiplier, 0);
  requireAtLeast("dry base", base, 1);
  requireAtLeast("dry allowed length", allowedLength, 1);
  requireAtLeast("dry window", window, 0);
  if (breakers.some(({ length }) => length === 0))
    throw new PalaverError("ERR_INVALID_ARGUMENT", "a dry breaker is empty");
  const single = new Set(breakers.flatMap((breaker) => (breaker.length === 1 ? breaker : [])));

  return (logits, { ids }) => {
    if (multiplier === 0) return;
    const recent = ids.slice(Math.max(0, ids.length - window));
    const limit = unbrokenLength(recent, breakers);
    for (const [id, length] of repetitions(recent, limit)) {
      if (length < allowedLength || single.has(id) || logits[id] === undefined) continue;
      logits[id] -= Math.min(MAX_PENALTY, multiplier * base ** (length - allowedLength));
    }
  };
}

// --- internal ---

/** How many tokens at the end hold no whole breaker. */
function unbrokenLength(ids: readonly number[], breakers: readonly (readonly number[])[]): number {
  for (let start = ids.length - 1; start >= 0; start--) {
    const isBroken = breakers.some((breaker) => breaker.every((id, i) => ids[start + i] === id));
    if (isBroken) return ids.length - 1 - start;
  }
  return ids.length;
}

/** For each token that stands behind an earlier copy of the end of `ids`, the length of its longest such copy, at most `limit`. */
function repetitions(ids: readonly number[], limit: number): Map<number, number> {
  const lengths = new Map<number, number>();
  for (const [end, length] of matchesOfEnd(ids).entries()) {
    const next = ids[end + 1];
    if (next === undefined || length === 0) continue;
    lengths.set(next, Math.max(lengths.get(next) ?? 0, Math.min(length, limit)));
  }
  return lengths;
}

/**
 * For each place, how many tokens up to it are those up to the end: the Z function of the reversed ids (Gusfield 1997,
 * "Algorithms on Strings, Trees and Sequences"), which takes linear time however the text repeats itself.
 */
function matchesOfEnd(ids: readonly number[]): Uint32Array {
  const { length } = ids;
  const at = (i: number): number => ids[length - 1 - i]!;
  const z = new Uint32Array(length);
  let left = 0;
  let right = 0;
  for (let i = 1; i < length; i++) {
    let n = i < right ? Math.min(right - i, z[i - left]!) : 0;
    while (i + n < length && at(n) === at(i + n)) n++;
    z[i] = n;
    if (i + n <= right) continue;
    left = i;
    right = i + n;
  }
  return z.reverse();
}

function requireAtLeast(name: string, value: number, least: number): void {
  const most = name === "dry window" ? Number.POSITIVE_INFINITY : MAX_PENALTY;
  if (value >= least && value <= most) return;
  throw new PalaverError("ERR_INVALID_ARGUMENT", `${name} must be from ${least} to ${most}, got ${value}`);
}

/** How one layer attends. */
export interface AttentionForm {
  /** Radians a position by which each pair of a head's elements turns; elements beyond the pairs stay. */
  readonly frequencies: readonly number[];
  /** Multiplies what turns. */
  readonly amplitude: number;
  readonly scale: number;
  readonly softcap: number | undefined;
  readonly window: number | undefined;
}

/** What each position attends to, its heads in one row: `q`, `k` and `v` are `(positions, heads, headDim)`. */
export function attend(form: AttentionForm, q: number[][][], k: number[][][], v: number[][][]): number[][] {
  return q.map((heads, position) =>
    heads.flatMap((query, head) => {
      const kv = Math.floor((head * k[0]!.length) / heads.length);
      const first = form.window === undefined ? 0 : Math.max(0, position - form.window + 1);
      const seen = Array.from({ length: position - first + 1 }, (_, i) => first + i);
      const scores = seen.map((past) => capped(dot(query, k[past]![kv]!) * form.scale, form.softcap));
      const largest = Math.max(...scores);
      const powers = scores.map((score) => Math.exp(score - largest));
      const total = powers.reduce((sum, power) => sum + power, 0);
      return query.map((_, i) => seen.reduce((sum, past, j) => sum + (powers[j]! / total) * v[past]![kv]![i]!, 0));
    }),
  );
}

/** A head with its first elements turned; the others stay. */
export function rotate(x: readonly number[], position: number, { frequencies, amplitude }: AttentionForm): number[] {
  const half = frequencies.length;
  return x.map((value, i) => {
    if (i >= 2 * half) return value;
    const pair = i % half;
    const angle = position * frequencies[pair]!;
    const partner = i < half ? -x[i + half]! : x[pair]!;
    return amplitude * (value * Math.cos(angle) + partner * Math.sin(angle));
  });
}

// --- internal ---

function capped(score: number, cap: number | undefined): number {
  return cap === undefined ? score : cap * Math.tanh(score / cap);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

import type { RopeScaling } from "../decoder-config.ts";

/** How one layer attends. */
export interface AttentionForm {
  readonly rotaryDim: number;
  readonly theta: number;
  readonly scaling: RopeScaling;
  readonly longContext: boolean;
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
export function rotate(x: readonly number[], position: number, form: AttentionForm): number[] {
  const half = form.rotaryDim / 2;
  const amplitude = form.scaling.type === "longrope" ? form.scaling.amplitude : 1;
  return x.map((value, i) => {
    if (i >= form.rotaryDim) return value;
    const pair = i % half;
    const angle = position * frequency(1 / form.theta ** (pair / half), pair, form);
    const partner = i < half ? -x[i + half]! : x[pair]!;
    return amplitude * (value * Math.cos(angle) + partner * Math.sin(angle));
  });
}

// --- internal ---

// Llama 3.1's rule in its authors' words: by wavelength, with a smooth part between two bounds.
function frequency(base: number, pair: number, { scaling, longContext }: AttentionForm): number {
  if (scaling.type === "none") return base;
  if (scaling.type === "linear") return base / scaling.factor;
  if (scaling.type === "longrope") return base / scaling.factors![longContext ? "long" : "short"][pair]!;
  const wavelength = (2 * Math.PI) / base;
  if (wavelength < scaling.originalContextTokens / scaling.highFrequencyFactor) return base;
  if (wavelength > scaling.originalContextTokens / scaling.lowFrequencyFactor) return base / scaling.factor;
  const smooth =
    (scaling.originalContextTokens / wavelength - scaling.lowFrequencyFactor) /
    (scaling.highFrequencyFactor - scaling.lowFrequencyFactor);
  return (1 - smooth) * (base / scaling.factor) + smooth * base;
}

function capped(score: number, cap: number | undefined): number {
  return cap === undefined ? score : cap * Math.tanh(score / cap);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

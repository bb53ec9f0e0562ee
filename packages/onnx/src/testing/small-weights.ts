/** The small decoder's sizes and its weights, which all its graphs share. */

export const SMALL_DECODER = { vocabSize: 32, contextTokens: 64, kvHeads: 2, headDim: 16 } as const;

/** The embedding of this token has a NaN in it, where asked for. */
export const POISON_TOKEN = 31;

/** Numbers of a tensor, row by row. */
export interface SmallWeight {
  readonly shape: readonly [rows: number, columns: number];
  readonly data: Float32Array;
}

export type SmallWeightName =
  | "embedding"
  | "query_weight"
  | "key_weight"
  | "value_weight"
  | "output_weight"
  | "head"
  | "cos"
  | "sin";

const { vocabSize: VOCAB, contextTokens: CONTEXT, kvHeads: HEADS, headDim: HEAD } = SMALL_DECODER;
const WIDTH = HEADS * HEAD;

/**
 * The weights by name; a product takes a matrix as `(inputs, outputs)`. All but the angles are sixteenths from -8 to 7, which 4 bits, 8 bits
 * and 16-bit floats hold as they are: what graphs over them give differs by their arithmetic alone.
 */
export function smallWeights(poisoned: boolean): Readonly<Record<SmallWeightName, SmallWeight>> {
  const embedding = random(VOCAB, WIDTH, 1);
  if (poisoned) embedding.data[POISON_TOKEN * WIDTH] = Number.NaN;
  return {
    embedding,
    query_weight: random(WIDTH, WIDTH, 2),
    key_weight: random(WIDTH, WIDTH, 3),
    value_weight: random(WIDTH, WIDTH, 4),
    output_weight: random(WIDTH, WIDTH, 5),
    head: random(WIDTH, VOCAB, 6),
    cos: angles(Math.cos),
    sin: angles(Math.sin),
  };
}

// --- internal ---

/** Multiples of 1/16 in [-0.5, 0.5) by a linear congruence (Numerical Recipes' constants), the same on every machine. */
function random(rows: number, columns: number, seed: number): SmallWeight {
  let state = seed;
  const data = Float32Array.from({ length: rows * columns }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 28) / 16 - 0.5;
  });
  return { shape: [rows, columns], data };
}

/** A function of the rotary angles, a row each position. */
function angles(of: (angle: number) => number): SmallWeight {
  const half = HEAD / 2;
  const data = Float32Array.from({ length: CONTEXT * half }, (_, i) => {
    return of(Math.floor(i / half) * 10_000 ** (-(i % half) / half));
  });
  return { shape: [CONTEXT, half], data };
}

/** One mutant of `file`: one to four changes, drawn from `seed`. */
export function mutant(file: Uint8Array, seed: number): Uint8Array;

/** Numbers in [0, 1), the same for the same seed. */
export function seededRandom(seed: number): () => number;

import { philox } from "@palaver/sampling";
import type { SequenceSource, TrainingSequence } from "@palaver/sft";

/** Numbers in [0, 1), one after the other. */
export type Random = () => number;

export interface BlockSourceOptions {
  /** Decides everything. */
  readonly seed: number;
  /** Sequences made from one seed; a resumed reading makes a block anew from its beginning. */
  readonly blockSize: number;
  /** Opens a block: gives a function that draws the next sequence, and leaves its encoding for when it is asked for. */
  readonly open: (seed: number, random: Random) => () => () => TrainingSequence;
}

/**
 * An endless source of which nothing is stored: sequence n belongs to block n / blockSize, and a block follows from the
 * seed and its number, so that reading can begin at any place.
 */
export function blockSource({ seed, blockSize, open }: BlockSourceOptions): SequenceSource {
  return function* (cursor) {
    for (let block = Math.floor(cursor / blockSize); ; block++) {
      const draw = open(blockSeed(seed, block), blockRandom(seed, block));
      for (let index = 0; index < blockSize; index++) {
        const encode = draw();
        if (block * blockSize + index >= cursor) yield encode();
      }
    }
  };
}

/** Random numbers that follow from a seed and a number; another seed or number gives others. */
export function blockRandom(seed: number, block: number): Random {
  let count = 0;
  return () => philox([block, DRAWS, count++, 0], [seed, 0])[0] / 2 ** 32;
}

// --- internal ---

/** The stream of the generator that names blocks; another one draws within them. */
const NAMES = 0;
const DRAWS = 1;

function blockSeed(seed: number, block: number): number {
  return philox([block, NAMES, 0, 0], [seed, 0])[0];
}

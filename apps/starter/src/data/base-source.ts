import type { Tokenizer } from "@palaver/core";
import { type SequenceSource, textSequence } from "@palaver/sft";
import { blockSource } from "./block-source.ts";
import { fimSequence } from "./fim-sequence.ts";
import type { OpenLessons } from "./lessons.ts";

/** The share of code with a hole; half of code models' usual rate, as half of the texts are no code. */
const fimShare = 0.2;

/** Plain text and code with holes, all of it learnt: what a base model reads. */
export function baseSource(openLessons: OpenLessons, tokenizer: Tokenizer, seed: number): SequenceSource {
  return blockSource({
    seed,
    blockSize: 256,
    open: (blockSeed, random) => {
      const lessons = openLessons(blockSeed);
      return () => {
        if (random() < fimShare) {
          const hole = lessons.fim();
          return () => fimSequence(tokenizer, hole, "all");
        }
        const text = lessons.text();
        return () => textSequence(text, tokenizer);
      };
    },
  });
}

import type { SequenceSource, TrainingSequence } from "@palaver/sft";
import fc from "fast-check";
import { expect, test } from "vitest";
import { blockSource } from "./block-source.ts";

const source = (seed: number, onEncode: () => void = () => {}): SequenceSource =>
  blockSource({
    seed,
    blockSize: 4,
    open: (blockSeed, random) => () => {
      const ids = [blockSeed, random(), random()];
      return () => {
        onEncode();
        return { ids };
      };
    },
  });

function take(sequences: ReturnType<SequenceSource>, count: number): TrainingSequence[] {
  const taken: TrainingSequence[] = [];
  // Block sources are synchronous.
  for (const sequence of sequences as Iterable<TrainingSequence>) {
    if (taken.push(sequence) === count) break;
  }
  return taken;
}

test("reading from any place goes on as an uninterrupted reading", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), fc.nat(30), (seed, cursor) => {
      const whole = take(source(seed)(0), cursor + 10);

      expect(take(source(seed)(cursor), 10)).toEqual(whole.slice(cursor));
    }),
  );
});

test("sequences differ within a block, between blocks and between seeds", () => {
  const drawn = [1, 2].flatMap((seed) => take(source(seed)(0), 40).map(({ ids }) => ids[1]));

  expect(new Set(drawn).size).toBe(80);
});

test("nothing in front of the place is encoded", () => {
  let encoded = 0;

  take(source(1, () => encoded++)(7), 3);

  expect(encoded).toBe(3);
});

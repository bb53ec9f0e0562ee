import fc from "fast-check";
import { expect, test } from "vitest";
import { splitSequences } from "./training-data.ts";

const sequence = (...ids: number[]) => ({ ids });

test("a share is held out, the same one for the same seed, and what occurs twice is on one side", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 2 }).filter((ids) => new Set(ids).size > 1),
      fc.double({ min: 0.001, max: 0.9, noNaN: true }),
      fc.integer({ min: 0, max: 1000 }),
      (ids, share, seed) => {
        const distinct = new Set(ids).size;
        if (Math.round(share * distinct) >= distinct) return;
        const sequences = ids.map((id) => sequence(id, 1, 2));

        const { train, held } = splitSequences(sequences, { share, seed });

        const [learnt, kept] = [train, held].map((part) => new Set(part.map((one) => one.ids[0])));
        expect([...kept!].filter((id) => learnt!.has(id))).toEqual([]);
        expect(kept!.size).toBe(Math.max(1, Math.round(share * distinct)));
        expect(train.length + held.length).toBe(sequences.length);
        expect(splitSequences([...sequences].reverse(), { share, seed }).held.length).toBe(held.length);
      },
    ),
  );
});

test("one thing said again and again cannot be parted", () => {
  expect(() => splitSequences([sequence(1, 2), sequence(1, 2)], { share: 0.5, seed: 1 })).toThrow(
    expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }),
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { utf8Bytes } from "../utf8.ts";
import { Vocabulary } from "../vocabulary.ts";
import { Unigram } from "./unigram.ts";

const unit = fc.constantFrom("a", "b", "c");
const score = fc.double({ min: -90, max: -0.1, noNaN: true });
const longer = fc.tuple(fc.string({ unit, minLength: 2, maxLength: 4 }), score);

test("finds a way to cut a piece whose scores sum to the most", () => {
  fc.assert(
    fc.property(
      fc.tuple(score, score, score),
      fc.uniqueArray(longer, { selector: ([token]) => token, maxLength: 20 }),
      fc.string({ unit, minLength: 1, maxLength: 9 }),
      (single, list, text) => {
        const tokens = [...single.map((value, index) => ["abc"[index]!, value] as const), ...list];
        const scores = new Map(tokens);
        const model = makeModel(tokens);
        const ids: number[] = [];

        model.encode(text, 0, text.length, ids);

        const found = ids.map((id) => tokens[id - 1]!);
        expect(found.map(([token]) => token).join("")).toBe(text);
        expect(found.reduce((sum, [, value]) => sum + value, 0)).toBeCloseTo(bestSum(text, scores), 9);
      },
    ),
    { numRuns: 300 },
  );
});

test("gives one unknown id for a run of unknown characters", () => {
  const ids: number[] = [];
  const ends: number[] = [];

  makeModel([["a", -1]]).encode("xxa😀y", 0, 6, ids, ends);

  expect(ids).toEqual([0, 1, 0]);
  expect(ends).toEqual([4 * 2, 4 * 3, 4 * 6]);
});

// --- internal ---

function makeModel(tokens: readonly (readonly [string, number])[]): Unigram {
  const vocabulary = new Vocabulary();
  vocabulary.add(0, utf8Bytes("<unk>"));
  for (const [index, [token]] of tokens.entries()) vocabulary.add(index + 1, utf8Bytes(token));
  return new Unigram(vocabulary, { unknownId: 0, scores: (id) => tokens[id - 1]?.[1] });
}

/** Tries all ways. */
function bestSum(text: string, scores: ReadonlyMap<string, number>): number {
  if (text === "") return 0;
  let best = Number.NEGATIVE_INFINITY;
  for (let length = 1; length <= text.length; length++) {
    const value = scores.get(text.slice(0, length));
    if (value !== undefined) best = Math.max(best, value + bestSum(text.slice(length), scores));
  }
  return best;
}

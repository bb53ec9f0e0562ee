import fc from "fast-check";
import { expect, test } from "vitest";
import { type DryOptions, dry } from "./dry.ts";

const VOCABULARY = 5;

function penaltiesFor(options: DryOptions, ids: readonly number[]): number[] {
  const logits = new Float32Array(VOCABULARY);
  dry(options)(logits, { position: ids.length, ids });
  return Array.from(logits, (logit) => -logit + 0);
}

/** For each token, the longest end of `ids` that stands in front of it somewhere, tried length by length. */
function longestRepetitions(ids: readonly number[]): number[] {
  const best = new Array<number>(VOCABULARY).fill(0);
  for (let at = 1; at < ids.length; at++) {
    let length = 0;
    while (length < at && ids[at - 1 - length] === ids[ids.length - 1 - length]) length++;
    best[ids[at]!] = Math.max(best[ids[at]!]!, length);
  }
  return best;
}

test("the penalty grows with the longest repetition that a token would go on with", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(VOCABULARY - 1), { maxLength: 40 }),
      fc.integer({ min: 1, max: 4 }),
      (ids, allowedLength) => {
        const expected = longestRepetitions(ids).map((n) =>
          n < allowedLength ? 0 : Math.fround(0.5 * 1.25 ** (n - allowedLength)),
        );

        const penalties = penaltiesFor({ multiplier: 0.5, base: 1.25, allowedLength }, ids);

        for (const [id, penalty] of penalties.entries()) expect(penalty).toBeCloseTo(expected[id]!, 3);
      },
    ),
  );
});

test("no repetition reaches over a breaker, and a breaker of one token is free", () => {
  const ids = [0, 1, 2, 0, 1];

  expect(penaltiesFor({ multiplier: 1 }, ids)).toEqual([0, 0, 1, 0, 0]);
  expect(penaltiesFor({ multiplier: 1, breakers: [[1]] }, ids)).toEqual([0, 0, 0, 0, 0]);
  expect(penaltiesFor({ multiplier: 1, breakers: [[0, 1]] }, ids)).toEqual([0, 0, 0, 0, 0]);
  expect(penaltiesFor({ multiplier: 1, breakers: [[2]] }, ids)).toEqual([0, 0, 0, 0, 0]);
  expect(penaltiesFor({ multiplier: 1, breakers: [[2, 3]] }, ids)).toEqual([0, 0, 1, 0, 0]);
});

test("only the window is looked at", () => {
  expect(penaltiesFor({ multiplier: 1, window: 4 }, [0, 1, 2, 0, 1])).toEqual([0, 0, 0, 0, 0]);
  expect(penaltiesFor({ multiplier: 1, window: 5 }, [0, 1, 2, 0, 1])).toEqual([0, 0, 1, 0, 0]);
});

test("a text that repeats itself for ever costs linear time and a bounded penalty", () => {
  const [penalty] = penaltiesFor({ multiplier: 1, base: 2 }, new Array<number>(100_000).fill(0));

  expect(penalty).toBe(1e6);
});

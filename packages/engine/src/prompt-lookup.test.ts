import fc from "fast-check";
import { expect, test } from "vitest";
import { promptLookup } from "./prompt-lookup.ts";

const anyIds = fc.array(fc.nat(3), { maxLength: 30 });

test("a guess is what followed the longest match of the end, and of equally long ones the last", () => {
  const guess = promptLookup({ longestMatch: 3, shortestMatch: 1 });

  expect(guess([1, 2, 3, 4, 9, 2, 3, 5, 1, 2, 3], 2)).toEqual([4, 9]);
  expect(guess([2, 3, 4, 2, 3, 5, 2, 3], 1)).toEqual([5]);
  expect(guess([1, 2, 3], 4)).toEqual([]);
});

test("matches shorter than asked for do not count", () => {
  expect(promptLookup({ shortestMatch: 2 })([1, 2, 5, 2], 4)).toEqual([]);
  expect(promptLookup({ shortestMatch: 1 })([1, 2, 5, 2], 4)).toEqual([5, 2]);
});

test("a guess follows a copy of the sequence's end and is no longer than asked for", () => {
  fc.assert(
    fc.property(anyIds, fc.nat(8), fc.integer({ min: 1, max: 4 }), (ids, most, shortestMatch) => {
      const guess = promptLookup({ longestMatch: 4, shortestMatch })(ids, most);

      const end = ids.slice(-shortestMatch);
      const copies = ids.flatMap((_, at) => (at < ids.length && isAt(ids, end, at) ? [at + end.length] : []));
      expect(guess.length).toBeLessThanOrEqual(most);
      if (guess.length > 0) expect(copies.some((at) => isAt(ids, guess, at))).toBe(true);
      if (most > 0 && guess.length === 0)
        expect(copies.every((at) => at >= ids.length || end.length < shortestMatch)).toBe(true);
    }),
  );
});

test.each([{ shortestMatch: 0 }, { longestMatch: 1 }, { longestMatch: 2.5 }])("%j is refused", (options) => {
  expect(() => promptLookup(options)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
});

// --- internal ---

function isAt(ids: readonly number[], part: readonly number[], at: number): boolean {
  return part.every((id, i) => ids[at + i] === id);
}

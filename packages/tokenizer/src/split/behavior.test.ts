import { expect, test } from "vitest";
import { type SplitBehavior, splitBy } from "./behavior.ts";
import { textMatcher } from "./class-splitter.ts";

// The example of the tokenizers library's documentation: "-" in "the-final--countdown".
test.each<[SplitBehavior, boolean, string[]]>([
  ["Removed", false, ["the", "final", "countdown"]],
  ["Isolated", false, ["the", "-", "final", "-", "-", "countdown"]],
  ["MergedWithPrevious", false, ["the-", "final-", "-", "countdown"]],
  ["MergedWithNext", false, ["the", "-final", "-", "-countdown"]],
  ["Contiguous", false, ["the", "-", "final", "--", "countdown"]],
  ["Removed", true, ["-", "-", "-"]],
])("%s (inverted: %s) cuts as documented", (behavior, invert, pieces) => {
  const text = "the-final--countdown";
  const ranges: number[] = [];

  splitBy(textMatcher("-"), behavior, invert)(text, 0, text.length, ranges);

  const found = pieces.map((_, index) => text.slice(ranges[2 * index], ranges[2 * index + 1]));
  expect(found).toEqual(pieces);
  expect(ranges.length).toBe(2 * pieces.length);
});

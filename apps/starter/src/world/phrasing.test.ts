import { expect, test } from "vitest";
import { expanded, filled, phrasings, wordingOf } from "./phrasing.ts";
import { createRandom } from "./random.ts";
import { normalized } from "./split.ts";

test("a line stands for all choices of its brackets, and an empty choice leaves no second blank", () => {
  expect(expanded("what [color|colour] [now|] is {x}")).toEqual([
    "what color now is {x}",
    "what color is {x}",
    "what colour now is {x}",
    "what colour is {x}",
  ]);
});

test("a wording belongs to one split, whatever line it comes from and however it is marked", () => {
  const lines = [
    "!who is there",
    "[who is|is who|what is|where is] [there|here|that|this|he] [now|please|]",
    "[who is|is who] there!",
  ];
  const { train, development, test: held } = phrasings(lines);
  const taught = new Set(train.flat().map(normalized));

  expect(taught).toContain("who is there");
  expect([...development, ...held].length).toBeGreaterThan(0);
  for (const wording of [...development, ...held]) expect(taught).not.toContain(normalized(wording));
  for (const wording of development) expect(held.map(normalized)).not.toContain(normalized(wording));
});

test("a split without wordings has none to give", () => {
  expect(wordingOf(phrasings(["!hello"]), "test", createRandom(1))).toBeUndefined();
});

test("values go into their braces, and unknown braces stay", () => {
  expect(filled("{a} and {b}", { a: "one" })).toBe("one and {b}");
});

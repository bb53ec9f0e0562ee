import { expect, test } from "vitest";
import { smallLessons } from "../testing/small-lessons.ts";
import { fewLessons } from "./few-lessons.ts";

test("only the first lessons come, all of them, in an order of the seed's own", () => {
  const open = fewLessons(smallLessons, { seed: 3, count: 5 });
  const first = smallLessons(3);
  const expected = new Set(Array.from({ length: 5 }, () => first.text()));
  const drawn = (seed: number): string[] => {
    const lessons = open(seed);
    return Array.from({ length: 60 }, () => lessons.text());
  };

  expect(new Set(drawn(1))).toEqual(expected);
  expect(drawn(1)).toEqual(drawn(1));
  expect(drawn(1)).not.toEqual(drawn(2));
});

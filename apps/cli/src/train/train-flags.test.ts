import { expect, test } from "vitest";
import { threadsOf } from "./train-flags.ts";

test.each([
  [1, undefined, undefined],
  [1, 4, 4],
  [2, undefined, 1],
  [2, 3, 3],
])("%s workers and --threads %s make %s threads each", (workers, threads, each) => {
  expect(threadsOf(workers, threads)).toBe(each);
});

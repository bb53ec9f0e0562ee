import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { defaultThreads } from "./default-threads.ts";

test("the default is a natural number of threads that this process may use", () => {
  const threads = defaultThreads();

  expect(Number.isInteger(threads)).toBe(true);
  expect(threads).toBeGreaterThanOrEqual(1);
  expect(threads).toBeLessThanOrEqual(availableParallelism());
});

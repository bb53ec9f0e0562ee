import { expect, test } from "vitest";
import { defaultLimits, serverLimits } from "./limits.ts";

test("changes replace single limits", () => {
  expect(serverLimits({ maxQueued: 0 })).toEqual({ ...defaultLimits, maxQueued: 0 });
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("%s is no limit", (value) => {
  expect(() => serverLimits({ maxConcurrent: value })).toThrow("maxConcurrent");
});

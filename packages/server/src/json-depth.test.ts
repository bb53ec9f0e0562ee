import fc from "fast-check";
import { expect, test } from "vitest";
import { isDeeperThan } from "./json-depth.ts";

test("brackets that are open at once count, brackets in strings do not", () => {
  expect(isDeeperThan('[{"a":[]}]', 3)).toBe(false);
  expect(isDeeperThan('[{"a":[[]]}]', 3)).toBe(true);
  expect(isDeeperThan('"[[[[\\"[[[["', 0)).toBe(false);
  expect(isDeeperThan("[],[],[]", 1)).toBe(false);
});

test("for any JSON value it agrees with a walk over the value", () => {
  const depthOf = (value: unknown): number =>
    typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(6), (value, limit) => {
      expect(isDeeperThan(JSON.stringify(value), limit)).toBe(depthOf(value) > limit);
    }),
  );
});

test("a million levels are refused at the first that is too many", () => {
  const start = performance.now();

  expect(isDeeperThan("[".repeat(1_000_000), 64)).toBe(true);

  expect(performance.now() - start).toBeLessThan(50);
});

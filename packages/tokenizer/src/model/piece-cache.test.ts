import { expect, test } from "vitest";
import { PieceCache } from "./piece-cache.ts";

test("knows a piece by its characters, wherever it stands", () => {
  const cache = new PieceCache();
  const ids: number[] = [];

  expect(cache.read("say hello", 4, 9, ids)).toBe(false);
  cache.write("say hello", 4, 9, [7, 8, 9], 1);

  expect(cache.read("hello", 0, 5, ids)).toBe(true);
  expect(ids).toEqual([8, 9]);
  expect(cache.read("hells", 0, 5, ids)).toBe(false);
  expect(cache.read("hell", 0, 4, ids)).toBe(false);
});

test("stays right while it grows, fills up and starts anew", () => {
  const cache = new PieceCache();
  const wrong: number[] = [];
  // 400,000 pieces of 7 characters are more than it keeps.
  for (let i = 0; i < 400_000; i++) {
    const piece = String(1_000_000 + i);
    const ids: number[] = [];
    if (cache.read(piece, 0, 7, ids)) wrong.push(i);
    cache.write(piece, 0, 7, [i], 0);
    if (!cache.read(piece, 0, 7, ids) || ids[0] !== i) wrong.push(i);
  }
  const ids: number[] = [];

  expect(wrong).toEqual([]);
  expect(cache.read("1399999", 0, 7, ids)).toBe(true);
  expect(cache.read("1000000", 0, 7, ids)).toBe(false);
  expect(ids).toEqual([399_999]);
});

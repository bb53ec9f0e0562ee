import { describe, expect, test } from "vitest";
import { shuffledSequences } from "./shuffled-sequences.ts";
import type { SequenceSource } from "./training-sequence.ts";

const list = Array.from({ length: 7 }, (_, id) => ({ ids: [id] }));

function take(source: SequenceSource, cursor: number, count: number): number[] {
  const taken: number[] = [];
  for (const { ids } of source(cursor) as Iterable<{ ids: ArrayLike<number> }>) {
    if (taken.length === count) break;
    taken.push(ids[0]!);
  }
  return taken;
}

describe("shuffledSequences", () => {
  test("gives each sequence once in every epoch, in another order each time", () => {
    const ids = take(shuffledSequences(list, { seed: 5 }), 0, 21);

    const epochs = [ids.slice(0, 7), ids.slice(7, 14), ids.slice(14)];
    for (const epoch of epochs) expect([...epoch].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(new Set(epochs.map(String)).size).toBe(3);
  });

  test("goes on from any place as if it had been read up to there", () => {
    const all = take(shuffledSequences(list, { seed: 5 }), 0, 30);

    for (let cursor = 0; cursor < 20; cursor++) {
      expect(take(shuffledSequences(list, { seed: 5 }), cursor, 10)).toEqual(all.slice(cursor, cursor + 10));
    }
  });

  test("ends after the epochs asked for", () => {
    expect(take(shuffledSequences(list, { seed: 5, epochs: 2 }), 0, 99)).toHaveLength(14);
    expect(take(shuffledSequences(list, { seed: 5, epochs: 2 }), 14, 99)).toEqual([]);
  });

  test("refuses to shuffle nothing", () => {
    expect(() => shuffledSequences([], { seed: 1 })).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
  });
});

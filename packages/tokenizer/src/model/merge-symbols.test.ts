import fc from "fast-check";
import { expect, test } from "vitest";
import { utf8Bytes } from "../utf8.ts";
import { Vocabulary } from "../vocabulary.ts";
import { deriveMerges } from "./derive-merges.ts";
import { mergeSymbols, symbolBuffer } from "./merge-symbols.ts";
import { MergeTable } from "./merge-table.ts";

/** Up to 60 merges over 4 symbols and those that they make, the ranks in any order and sometimes the same. */
const tables = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(40)), { minLength: 1, maxLength: 60 }).map((list) => {
  const table = new MergeTable();
  const pairs = new Map<string, { rank: number; result: number }>();
  for (const [index, [left, right, rank]] of list.entries()) {
    const pair = [left % (4 + index), right % (4 + index)] as const;
    if (pairs.has(pair.join())) continue;
    table.add(pair[0], pair[1], rank, 4 + index);
    pairs.set(pair.join(), { rank, result: 4 + index });
  }
  return { table, pairs };
});
const symbols = fc.array(fc.nat(3), { minLength: 1, maxLength: 200 });

test("merges what byte pair encoding merges, in short pieces and in long ones", () => {
  fc.assert(
    fc.property(tables, symbols, ({ table, pairs }, ids) => {
      const buffer = symbolBuffer(ids.length);
      buffer.ids.set(ids);
      buffer.ends.set(ids.map((_, index) => index + 1));

      const count = mergeSymbols(table, buffer, ids.length);

      const expected = mergeNaively(ids, pairs);
      expect(Array.from(buffer.ids.subarray(0, count))).toEqual(expected.map((symbol) => symbol.id));
      expect(Array.from(buffer.ends.subarray(0, count))).toEqual(expected.map((symbol) => symbol.end));
    }),
    { numRuns: 400 },
  );
});

test("merges derived from ranks do what tiktoken does", () => {
  const tokens = fc.uniqueArray(fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 2, maxLength: 6 }), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(
      tokens,
      fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 80 }),
      (list, text) => {
        const vocabulary = new Vocabulary({ byteLevel: true });
        const ranks = new Map(["a", "b", "c", ...list].map((token, rank) => [token, rank]));
        for (const [token, rank] of ranks) vocabulary.addBytes(rank, utf8Bytes(token));
        const { merges } = deriveMerges(vocabulary, (id) => id);
        const buffer = symbolBuffer(text.length);
        for (const [index, char] of Array.from(text).entries()) buffer.ids[index] = ranks.get(char)!;

        const count = mergeSymbols(merges, buffer, text.length);

        expect(Array.from(buffer.ids.subarray(0, count))).toEqual(tiktokenNaively(text, ranks));
      },
    ),
    { numRuns: 400 },
  );
});

// --- internal ---

interface Symbol {
  id: number;
  end: number;
}

function mergeNaively(ids: readonly number[], pairs: ReadonlyMap<string, { rank: number; result: number }>): Symbol[] {
  const list = ids.map((id, index) => ({ id, end: index + 1 }));
  for (;;) {
    let best: { at: number; rank: number; result: number } | undefined;
    for (let at = 0; at + 1 < list.length; at++) {
      const found = pairs.get([list[at]!.id, list[at + 1]!.id].join());
      if (found && (best === undefined || found.rank < best.rank)) best = { at, ...found };
    }
    if (best === undefined) return list;
    list.splice(best.at, 2, { id: best.result, end: list[best.at + 1]!.end });
  }
}

/** Any two neighbours whose text is a token may merge, the best rank first. */
function tiktokenNaively(text: string, ranks: ReadonlyMap<string, number>): number[] {
  const parts = Array.from(text);
  for (;;) {
    let best = Number.POSITIVE_INFINITY;
    let at = -1;
    for (let i = 0; i + 1 < parts.length; i++) {
      const rank = ranks.get(parts[i]! + parts[i + 1]!) ?? Number.POSITIVE_INFINITY;
      if (rank < best) {
        best = rank;
        at = i;
      }
    }
    if (at < 0) return parts.map((part) => ranks.get(part)!);
    parts.splice(at, 2, parts[at]! + parts[at + 1]!);
  }
}

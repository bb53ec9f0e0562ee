import type { Splitter } from "../split/splitter.ts";

/** A piece of text and how often it is there. */
export interface CountedPiece {
  readonly text: string;
  readonly count: number;
}

/** The pieces of all texts, ordered by their text, so that the order of the texts changes nothing. */
export function countPieces(texts: Iterable<string>, split: Splitter): CountedPiece[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const ranges: number[] = [];
    split(text, 0, text.length, ranges);
    for (let i = 0; i < ranges.length; i += 2) {
      const piece = text.slice(ranges[i], ranges[i + 1]);
      counts.set(piece, (counts.get(piece) ?? 0) + 1);
    }
  }
  // By code units and not by locale, which would depend on the machine.
  return [...counts].map(([text, count]) => ({ text, count })).sort((a, b) => (a.text < b.text ? -1 : 1));
}

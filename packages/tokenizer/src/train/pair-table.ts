/**
 * The adjacent pairs of all pieces with their counts. A merge rewrites only pieces that hold the pair. The heap may hold
 * outdated entries, but for each pair one that is at least its count: a pair that was rising is entered anew, one that
 * has fallen is entered anew when it comes to the top.
 */
import { utf8Bytes } from "../utf8.ts";
import type { CountedPiece } from "./count-pieces.ts";

/** Two ids, left and right. */
export type Pair = readonly [left: number, right: number];

export interface PairTableOptions {
  /** The id that a byte begins as. */
  readonly idOf: (byte: number) => number;
  /** Rarer pairs are never the commonest. */
  readonly minCount: number;
}

export interface PairTable {
  /** The commonest pair; of equal ones that with the smaller ids. Undefined where all are rarer than `minCount`. */
  commonest(): Pair | undefined;
  /** Puts `id` in every place of a pair, from left to right. */
  merge(pair: Pair, id: number): void;
}

/** Counts the pairs of pieces. */
export function createPairTable(pieces: readonly CountedPiece[], { idOf, minCount }: PairTableOptions): PairTable {
  const words = pieces.map(({ text, count }) => ({ ids: Array.from(utf8Bytes(text), idOf), count }));
  const pairs = new Map<number, PairCount>();
  const heap: Entry[] = [];

  function add(key: number, change: number, word: number): void {
    const known = pairs.get(key);
    if (known === undefined) pairs.set(key, { count: change, words: [word] });
    else {
      known.count += change;
      if (known.words.at(-1) !== word) known.words.push(word);
    }
  }

  for (const [index, { ids, count }] of words.entries()) {
    for (let i = 1; i < ids.length; i++) add(keyOf(ids[i - 1]!, ids[i]!), count, index);
  }
  for (const [key, { count }] of pairs) push(heap, { key, count });

  return {
    commonest() {
      for (let top = pop(heap); top !== undefined; top = pop(heap)) {
        const count = pairs.get(top.key)?.count ?? 0;
        if (count < minCount) continue;
        if (count === top.count) return [Math.floor(top.key / radix), top.key % radix];
        push(heap, { key: top.key, count });
      }
      return undefined;
    },
    merge([left, right], id) {
      const merged = keyOf(left, right);
      const holders = pairs.get(merged)?.words ?? [];
      const risen = new Set<number>();
      for (const index of new Set(holders)) {
        const word = words[index]!;
        const before = word.ids;
        const after = replaced(before, [left, right], id);
        if (after.length === before.length) continue;
        word.ids = after;
        for (let i = 1; i < before.length; i++) pairs.get(keyOf(before[i - 1]!, before[i]!))!.count -= word.count;
        for (let i = 1; i < after.length; i++) {
          const key = keyOf(after[i - 1]!, after[i]!);
          add(key, word.count, index);
          if (after[i - 1] === id || after[i] === id) risen.add(key);
        }
      }
      pairs.delete(merged);
      risen.delete(merged);
      for (const key of risen) push(heap, { key, count: pairs.get(key)!.count });
    },
  };
}

// --- internal ---

interface PairCount {
  count: number;
  /** Indices of pieces that hold the pair or held it, some of them more than once. */
  readonly words: number[];
}

interface Entry {
  readonly key: number;
  readonly count: number;
}

/** Above every id (`limits.vocabularySize`); a key of two ids is below 2^44, an exact number. */
const radix = 2 ** 22;

function keyOf(left: number, right: number): number {
  return left * radix + right;
}

function replaced(ids: readonly number[], [left, right]: Pair, id: number): number[] {
  const result: number[] = [];
  for (let i = 0; i < ids.length; i++) {
    const matches = ids[i] === left && ids[i + 1] === right;
    result.push(matches ? id : ids[i]!);
    if (matches) i++;
  }
  return result;
}

/** Keys grow with the left id, then with the right one. */
function isAbove(a: Entry, b: Entry): boolean {
  return a.count === b.count ? a.key < b.key : a.count > b.count;
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isAbove(entry, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): Entry | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return top;
  let at = 0;
  for (let child = 1; child < heap.length; child = 2 * at + 1) {
    if (child + 1 < heap.length && isAbove(heap[child + 1]!, heap[child]!)) child++;
    if (!isAbove(heap[child]!, last)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return top;
}

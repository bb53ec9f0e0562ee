/**
 * Byte pair encoding of one piece: merges the pair of lowest rank, the leftmost of equals, until none merges.
 *
 * Short pieces keep the ranks of all pairs in an array and look for the least; long ones keep them in a heap, so that
 * a piece of n symbols costs at most n log n. Both give the same symbols.
 */
import type { MergeTable } from "./merge-table.ts";

/** Symbols of a piece with the place where each ends; reused from piece to piece, so a caller reads it before the next one. */
export interface SymbolBuffer {
  ids: Int32Array;
  /** Ends as places: 4 * UTF-16 unit + bytes of an unfinished character. */
  ends: Uint32Array;
}

/** A buffer that holds at least `length` symbols. */
export function symbolBuffer(length: number): SymbolBuffer {
  return { ids: new Int32Array(length), ends: new Uint32Array(length) };
}

/** The piece length from which the heap is faster than looking through an array; measured, flat from 40 to 100. */
const longPiece = 64;

/** Merges the first `count` symbols in place and returns how many are left. */
export function mergeSymbols(table: MergeTable, symbols: SymbolBuffer, count: number): number {
  if (count < 2) return count;
  return count <= longPiece ? mergeShort(table, symbols, count) : mergeLong(table, symbols, count);
}

// --- internal ---

const none = 0x7fffffff;
// Owned by mergeShort for the time of one call.
const ranks = new Int32Array(longPiece);
const places = new Int32Array(longPiece);

function mergeShort(table: MergeTable, { ids, ends }: SymbolBuffer, count: number): number {
  for (let i = 0; i + 1 < count; i++) {
    const place = table.find(ids[i]!, ids[i + 1]!);
    places[i] = place;
    ranks[i] = place < 0 ? none : table.rank(place);
  }
  for (let left = count; ; ) {
    let best = none;
    let at = -1;
    for (let i = 0; i + 1 < left; i++) {
      if (ranks[i]! < best) {
        best = ranks[i]!;
        at = i;
      }
    }
    if (at < 0) return left;
    ids[at] = table.result(places[at]!);
    left--;
    ends[at] = ends[at + 1]!;
    for (let i = at + 1; i < left; i++) {
      ids[i] = ids[i + 1]!;
      ends[i] = ends[i + 1]!;
      ranks[i] = ranks[i + 1]!;
      places[i] = places[i + 1]!;
    }
    for (let i = at > 0 ? at - 1 : 0; i <= at && i + 1 < left; i++) {
      const place = table.find(ids[i]!, ids[i + 1]!);
      places[i] = place;
      ranks[i] = place < 0 ? none : table.rank(place);
    }
  }
}

/** Positions fit below 2^32 and ranks below 2^21, so a double orders by rank, then by position. */
const rankUnit = 2 ** 32;

function mergeLong(table: MergeTable, { ids, ends }: SymbolBuffer, count: number): number {
  const next = new Int32Array(count);
  const previous = new Int32Array(count);
  // Each merge takes one entry out and adds at most two, and there are fewer merges than symbols.
  const heap = new Float64Array(2 * count);
  let size = 0;
  for (let i = 0; i < count; i++) {
    next[i] = i + 1;
    previous[i] = i - 1;
    const place = i + 1 < count ? table.find(ids[i]!, ids[i + 1]!) : -1;
    if (place >= 0) heap[size++] = table.rank(place) * rankUnit + i;
  }
  for (let i = (size >> 1) - 1; i >= 0; i--) siftDown(heap, size, i);

  while (size > 0) {
    const top = heap[0]!;
    heap[0] = heap[--size]!;
    siftDown(heap, size, 0);
    const at = top % rankUnit;
    const right = ids[at]! === dead ? count : next[at]!;
    if (right >= count) continue;
    const place = table.find(ids[at]!, ids[right]!);
    // An entry is stale if its pair has changed since; the pair that is there now has an entry of its own.
    if (place < 0 || table.rank(place) !== (top - at) / rankUnit) continue;
    ids[at] = table.result(place);
    ends[at] = ends[right]!;
    ids[right] = dead;
    const after = next[right]!;
    next[at] = after;
    if (after < count) previous[after] = at;
    const before = previous[at]!;
    if (before >= 0) size = push(table, heap, size, ids, before, at);
    if (after < count) size = push(table, heap, size, ids, at, after);
  }

  let kept = 0;
  for (let i = 0; i < count; i = next[i]!) {
    ids[kept] = ids[i]!;
    ends[kept++] = ends[i]!;
  }
  return kept;
}

/** The id of a symbol that was merged into the one before it. */
const dead = -2;

function push(table: MergeTable, heap: Float64Array, size: number, ids: Int32Array, at: number, right: number): number {
  const place = table.find(ids[at]!, ids[right]!);
  if (place < 0) return size;
  const key = table.rank(place) * rankUnit + at;
  let hole = size;
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    if (heap[parent]! <= key) break;
    heap[hole] = heap[parent]!;
    hole = parent;
  }
  heap[hole] = key;
  return size + 1;
}

function siftDown(heap: Float64Array, size: number, from: number): void {
  const key = heap[from]!;
  let hole = from;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= size) break;
    if (child + 1 < size && heap[child + 1]! < heap[child]!) child++;
    if (heap[child]! >= key) break;
    heap[hole] = heap[child]!;
    hole = child;
  }
  heap[hole] = key;
}

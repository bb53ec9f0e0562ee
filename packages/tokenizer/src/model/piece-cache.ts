/** Remembers the ids of short pieces: natural text says the same words again. Memory is bounded; full, it starts anew. */
import { limits } from "../limits.ts";

/** Longer pieces are rarely said twice. */
const longestPiece = 48;
/** Slots grow up to this; pieces in it stay below three quarters. */
const mostSlots = 1 << 18;

/** A hash table from UTF-16 pieces to ids, in four typed arrays and without strings. */
export class PieceCache {
  // Four numbers a slot: hash, start in units (plus 1; 0: empty) with the length above bit 24, start in ids, count of ids.
  #slots = new Int32Array(4 << 12);
  #units = new Uint16Array(1 << 14);
  #ids = new Int32Array(1 << 13);
  #usedUnits = 0;
  #usedIds = 0;
  #count = 0;
  #hash = 0;
  #slot = 0;

  /** Appends the remembered ids of `text[start, end)` to `ids`: false if it is not known. */
  read(text: string, start: number, end: number, ids: number[]): boolean {
    const length = end - start;
    if (length > longestPiece) return false;
    let hash = length;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    hash ^= hash >>> 15;
    this.#hash = hash;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hash << 2) & mask;
    for (;;) {
      const packed = slots[slot + 1]!;
      if (packed === 0) {
        this.#slot = slot;
        return false;
      }
      if (slots[slot] === hash && packed >>> 24 === length) {
        const from = (packed & 0xffffff) - 1 - start;
        let i = start;
        while (i < end && this.#units[from + i] === text.charCodeAt(i)) i++;
        if (i === end) break;
      }
      slot = (slot + 4) & mask;
    }
    const first = slots[slot + 2]!;
    const last = first + slots[slot + 3]!;
    for (let i = first; i < last; i++) ids.push(this.#ids[i]!);
    return true;
  }

  /** Remembers `ids[from, ...)` for the piece that `read` has just not found. */
  write(text: string, start: number, end: number, ids: readonly number[], from: number): void {
    const length = end - start;
    if (length > longestPiece) return;
    const count = ids.length - from;
    if (this.#usedUnits + length >= limits.cacheUnits || 4 * this.#count >= 3 * mostSlots) this.#clear();
    if (this.#usedUnits + length > this.#units.length) this.#units = doubled(this.#units);
    while (this.#usedIds + count > this.#ids.length) this.#ids = doubled(this.#ids);
    if (16 * (this.#count + 1) > 3 * this.#slots.length) this.#rehash();
    const slot = this.#slot;
    this.#slots[slot] = this.#hash;
    this.#slots[slot + 1] = (this.#usedUnits + 1) | (length << 24);
    this.#slots[slot + 2] = this.#usedIds;
    this.#slots[slot + 3] = count;
    for (let i = start; i < end; i++) this.#units[this.#usedUnits++] = text.charCodeAt(i);
    for (let i = from; i < ids.length; i++) this.#ids[this.#usedIds++] = ids[i]!;
    this.#count++;
  }

  #clear(): void {
    this.#slots.fill(0);
    this.#usedUnits = 0;
    this.#usedIds = 0;
    this.#count = 0;
    this.#slot = this.#freeSlot(this.#hash);
  }

  #rehash(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(2 * old.length);
    for (let from = 0; from < old.length; from += 4) {
      if (old[from + 1] === 0) continue;
      const to = this.#freeSlot(old[from]!);
      for (let i = 0; i < 4; i++) this.#slots[to + i] = old[from + i]!;
    }
    this.#slot = this.#freeSlot(this.#hash);
  }

  #freeSlot(hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = (hash << 2) & mask;
    while (this.#slots[slot + 1] !== 0) slot = (slot + 4) & mask;
    return slot;
  }
}

// --- internal ---

function doubled<T extends Uint16Array | Int32Array>(array: T): T {
  const next = (
    array instanceof Uint16Array ? new Uint16Array(2 * array.length) : new Int32Array(2 * array.length)
  ) as T;
  next.set(array);
  return next;
}

/** Merges of byte pair encoding: for a pair of ids its rank (lower merges first) and the id that it becomes. */
import { PalaverError } from "@palaver/core";
import { limits } from "../limits.ts";

/** A hash table of pairs. Four numbers a slot: left id + 1 (0: empty), right id, rank, result. */
export class MergeTable {
  #slots: Int32Array;
  #shift: number;
  #count = 0;

  /** `expected`: how many pairs will be added, at a guess. */
  constructor(expected = 0) {
    const bits = Math.max(4, Math.ceil(Math.log2(Math.min(expected, limits.merges) * 1.6 + 1)));
    this.#slots = new Int32Array(4 << bits);
    this.#shift = 32 - bits;
  }

  /** The number of pairs. */
  get size(): number {
    return this.#count;
  }

  /** Adds a pair; of two with the same ids the later counts. @throws ERR_LIMIT */
  add(left: number, right: number, rank: number, result: number): void {
    if (this.#count >= limits.merges || rank > limits.merges) {
      throw new PalaverError("ERR_LIMIT", `more than ${limits.merges} merges`, { details: { limit: "merges" } });
    }
    if (this.#count * 6 > this.#slots.length) this.#grow();
    const slot = this.#slot(left, right);
    if (this.#slots[slot] === 0) this.#count++;
    this.#slots[slot] = left + 1;
    this.#slots[slot + 1] = right;
    this.#slots[slot + 2] = rank;
    this.#slots[slot + 3] = result;
  }

  /** The pair's place for `rank` and `result`, -1 if the two do not merge. */
  find(left: number, right: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hashPair(left, right) >>> this.#shift) << 2;
    for (;;) {
      const stored = slots[slot];
      if (stored === 0) return -1;
      if (stored === left + 1 && slots[slot + 1] === right) return slot;
      slot = (slot + 4) & mask;
    }
  }

  rank(place: number): number {
    return this.#slots[place + 2]!;
  }

  result(place: number): number {
    return this.#slots[place + 3]!;
  }

  /** The slot of a pair, or the empty slot where it belongs. */
  #slot(left: number, right: number): number {
    const mask = this.#slots.length - 1;
    let slot = (hashPair(left, right) >>> this.#shift) << 2;
    for (;;) {
      const stored = this.#slots[slot];
      if (stored === 0 || (stored === left + 1 && this.#slots[slot + 1] === right)) return slot;
      slot = (slot + 4) & mask;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(2 * old.length);
    this.#shift--;
    for (let from = 0; from < old.length; from += 4) {
      if (old[from] === 0) continue;
      const to = this.#slot(old[from]! - 1, old[from + 1]!);
      for (let i = 0; i < 4; i++) this.#slots[to + i] = old[from + i]!;
    }
  }
}

// --- internal ---

function hashPair(left: number, right: number): number {
  const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
}

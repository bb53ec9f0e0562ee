/** A trie over UTF-16 units in one hash table: 4 numbers an edge, no object a node. */

/** Finds all tokens that begin at a place of a text. */
export class TokenTrie {
  // node + 1 (0: empty), unit, child, unused.
  #slots = new Int32Array(4 << 10);
  #edges = 0;
  #nodes = 1;
  #values = new Int32Array(1 << 10).fill(-1);

  /** Adds a token; of two with the same spelling the later counts. */
  add(token: string, value: number): void {
    let node = 0;
    for (let i = 0; i < token.length; i++) {
      const unit = token.charCodeAt(i);
      let child = this.child(node, unit);
      if (child < 0) {
        child = this.#nodes++;
        this.#insert(node, unit, child);
      }
      node = child;
    }
    if (node >= this.#values.length) {
      const next = new Int32Array(Math.max(node + 1, 2 * this.#values.length)).fill(-1);
      next.set(this.#values);
      this.#values = next;
    }
    this.#values[node] = value;
  }

  /** The node that follows `node` (0: the root) over `unit`, -1 if there is none. */
  child(node: number, unit: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hashEdge(node, unit) << 2) & mask;
    for (;;) {
      const stored = slots[slot];
      if (stored === 0) return -1;
      if (stored === node + 1 && slots[slot + 1] === unit) return slots[slot + 2]!;
      slot = (slot + 4) & mask;
    }
  }

  /** The value of the token that ends at a node, -1 if none does. */
  value(node: number): number {
    return node < this.#values.length ? this.#values[node]! : -1;
  }

  #insert(node: number, unit: number, child: number): void {
    if (this.#edges * 8 >= this.#slots.length) {
      const old = this.#slots;
      this.#slots = new Int32Array(2 * old.length);
      for (let from = 0; from < old.length; from += 4) {
        if (old[from] !== 0) this.#store(old[from]! - 1, old[from + 1]!, old[from + 2]!);
      }
    }
    this.#edges++;
    this.#store(node, unit, child);
  }

  #store(node: number, unit: number, child: number): void {
    const mask = this.#slots.length - 1;
    let slot = (hashEdge(node, unit) << 2) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 4) & mask;
    this.#slots[slot] = node + 1;
    this.#slots[slot + 1] = unit;
    this.#slots[slot + 2] = child;
  }
}

// --- internal ---

function hashEdge(node: number, unit: number): number {
  const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(unit + 1, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

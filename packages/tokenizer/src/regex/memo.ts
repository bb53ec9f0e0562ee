/**
 * Which states of a pattern have failed at which places: two bits a state and place, in blocks that exist only where a
 * search has been. A state that failed once at a place fails there for good, so that no work is done twice.
 */

const blockBits = 12;
const blockSize = 1 << blockBits;

/** The memory of one search through one text. */
export class Memo {
  readonly #points: number;
  /** Per block: the words of "seen" bits of every state, then those of "succeeded" bits. */
  readonly #blocks: (Uint32Array | undefined)[] = [];

  /** `points`: states that are remembered. */
  constructor(points: number) {
    this.#points = points;
  }

  isSeen(point: number, at: number): boolean {
    const block = this.#blocks[at >> blockBits];
    return block !== undefined && (block[wordOf(point, at)]! & bitOf(at)) !== 0;
  }

  /** True where the state was seen and led to success. */
  hasSucceeded(point: number, at: number): boolean {
    const block = this.#blocks[at >> blockBits];
    return block !== undefined && (block[wordOf(point + this.#points, at)]! & bitOf(at)) !== 0;
  }

  see(point: number, at: number): void {
    this.#block(at)[wordOf(point, at)]! |= bitOf(at);
  }

  succeed(point: number, at: number): void {
    this.#block(at)[wordOf(point + this.#points, at)]! |= bitOf(at);
  }

  /** Forgets that a state was seen: it did not fail. */
  forget(point: number, at: number): void {
    this.#block(at)[wordOf(point, at)]! &= ~bitOf(at);
  }

  /** Frees what lies before `at`: no search goes back. */
  release(at: number): void {
    for (let block = (at >> blockBits) - 1; block >= 0 && this.#blocks[block] !== undefined; block--) {
      this.#blocks[block] = undefined;
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#blocks.length = 0;
  }

  #block(at: number): Uint32Array {
    const index = at >> blockBits;
    let block = this.#blocks[index];
    if (block === undefined) {
      block = new Uint32Array((2 * this.#points * blockSize) >> 5);
      this.#blocks[index] = block;
    }
    return block;
  }
}

// --- internal ---

function wordOf(point: number, at: number): number {
  return (point << (blockBits - 5)) + ((at & (blockSize - 1)) >> 5);
}

function bitOf(at: number): number {
  return 1 << (at & 31);
}

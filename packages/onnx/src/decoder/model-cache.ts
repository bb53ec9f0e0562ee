import { type DecoderCache, PalaverError } from "@palaver/core";
import type { CacheShare } from "./cache-budget.ts";
import type { CacheState } from "./cache-state.ts";

/** What a cache asks of its decoder. */
export interface CacheKeeper {
  /** @throws ERR_LIMIT, ERR_CLOSED */
  fork(state: CacheState, length: number, capacity: number): DecoderCache;
  /** The cache is closed. */
  closed(cache: ModelCache): void;
  /** Nothing uses the closed cache's memory any more but `work`, if there is some. */
  freed(cache: ModelCache, work: Promise<unknown> | undefined): void;
}

export interface ModelCacheOptions {
  /** Tokens of the state that count. */
  readonly length: number;
  readonly capacity: number;
  readonly share: CacheShare;
}

/** One sequence's cache: a state, and how much of it counts. `begin` and `commit` are for the decoder. */
export class ModelCache implements DecoderCache {
  readonly capacity: number;
  /** Its part of the budget; the decoder's affair. */
  readonly share: CacheShare;
  readonly #keeper: CacheKeeper;
  #state: CacheState;
  #length: number;
  #closed = false;
  #stepping = false;

  /** Takes over the caller's hold on `state`. */
  constructor(keeper: CacheKeeper, state: CacheState, { length, capacity, share }: ModelCacheOptions) {
    this.#keeper = keeper;
    this.#state = state;
    this.#length = length;
    this.capacity = capacity;
    this.share = share;
  }

  get length(): number {
    return this.#length;
  }

  truncate(length: number): void {
    this.requireOpen();
    this.#requireLength(length);
    if (this.#stepping) throw new PalaverError("ERR_INVALID_ARGUMENT", "a step is using the cache: wait for its end");
    this.#length = length;
  }

  fork(length = this.#length): DecoderCache {
    this.requireOpen();
    this.#requireLength(length);
    return this.#keeper.fork(this.#state, length, this.capacity);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#keeper.closed(this);
    this.#state.release();
    if (!this.#stepping) this.#tellFreed();
  }

  requireOpen(): void {
    if (this.#closed) throw new PalaverError("ERR_CLOSED", "the cache is closed");
  }

  /** The state to step from, held for the caller. Until `commit` or `cancel` the length stays as it is. */
  begin(): CacheState {
    this.#stepping = true;
    return this.#state.retain();
  }

  /** Takes over the caller's hold on the state after a step. */
  commit(state: CacheState, length: number): void {
    this.#stepping = false;
    if (this.#closed) {
      state.release();
      this.#tellFreed();
      return;
    }
    this.#state.release();
    this.#state = state;
    this.#length = length;
  }

  /** For a step that failed, when it has let go of the state. */
  cancel(): void {
    this.#stepping = false;
    if (this.#closed) this.#tellFreed();
  }

  #tellFreed(): void {
    this.#keeper.freed(this, this.#state.ready());
  }

  #requireLength(length: number): void {
    if (Number.isInteger(length) && length >= 0 && length <= this.#length) return;
    const message = `the cache holds ${this.#length} tokens, a length of ${length} was asked for`;
    throw new PalaverError("ERR_INVALID_ARGUMENT", message);
  }
}

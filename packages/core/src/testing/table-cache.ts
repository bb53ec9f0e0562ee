import type { DecoderCache } from "../decoder.ts";
import { PalaverError } from "../error.ts";

/** What a table decoder keeps of one sequence: its ids. */
export interface TableCache {
  readonly ids: number[];
  closed: boolean;
  /** A step is using it. */
  busy: boolean;
}

/** The caches of one table decoder. */
export interface TableCaches {
  /** How many are open. */
  readonly open: number;
  create(capacity: number): DecoderCache;
  /** The state behind a cache of this decoder. */
  find(cache: DecoderCache): TableCache | undefined;
  closeAll(): void;
}

/** Keeps account of caches: each at most `contextTokens` long, `maxTokens` by capacity in all. */
export function createTableCaches(contextTokens: number, maxTokens: number): TableCaches {
  const states = new WeakMap<DecoderCache, TableCache>();
  const open = new Set<DecoderCache>();

  const create = (capacity: number, ids: number[] = []): DecoderCache => {
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > contextTokens) {
      throw new PalaverError("ERR_INVALID_ARGUMENT", `capacity must be 1 to ${contextTokens} tokens, got ${capacity}`);
    }
    let used = 0;
    for (const other of open) used += other.capacity;
    if (used + capacity > maxTokens) {
      const message = `caches may hold ${maxTokens} tokens, ${used} are taken, ${capacity} more were asked for`;
      throw new PalaverError("ERR_LIMIT", message, { details: { limit: maxTokens, used, requested: capacity } });
    }
    const state: TableCache = { ids, closed: false, busy: false };
    const cache: DecoderCache = {
      get length() {
        return state.ids.length;
      },
      capacity,
      truncate(length) {
        requireOpen(state);
        requireLength(length, state.ids.length);
        if (state.busy) throw new PalaverError("ERR_INVALID_ARGUMENT", "a step is using the cache");
        state.ids.length = length;
      },
      fork(length = state.ids.length) {
        requireOpen(state);
        requireLength(length, state.ids.length);
        return create(capacity, state.ids.slice(0, length));
      },
      close() {
        state.closed = true;
        open.delete(cache);
      },
    };
    states.set(cache, state);
    open.add(cache);
    return cache;
  };

  return {
    get open() {
      return open.size;
    },
    create: (capacity) => create(capacity),
    find: (cache) => states.get(cache),
    closeAll() {
      for (const cache of open) cache.close();
    },
  };
}

// --- internal ---

function requireOpen(state: TableCache): void {
  if (state.closed) throw new PalaverError("ERR_CLOSED", "the cache is closed");
}

function requireLength(length: number, held: number): void {
  if (!Number.isInteger(length) || length < 0 || length > held) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `the cache holds ${held} tokens, length ${length} was asked for`);
  }
}

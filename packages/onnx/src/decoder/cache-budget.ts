/**
 * What caches may take. The memory of a cache is untouched zero pages until tokens are written there, so for the system a cache that
 * was made and is still empty takes nothing: what is promised and not yet written is counted here, for all decoders of the process.
 */

import { PalaverError } from "@palaver/core";
import { availableMemory } from "./available-memory.ts";

/** Counts the bytes that caches may grow to, so that a cache too many is refused before it takes memory. */
export interface CacheBudget {
  /** @throws ERR_LIMIT with the bytes asked for, in use and allowed, or promised to others and available */
  take(bytes: number): CacheShare;
}

/** A cache's part of the budget. */
export interface CacheShare {
  /** So many bytes of the cache's memory have been written, and are memory in use for everybody. */
  written(bytes: number): void;
  give(): void;
}

/** Bytes of caches that nobody has written yet. */
export interface CachePromises {
  bytes: number;
}

export interface CacheBudgetOptions {
  /** No cache may be larger than what this gives at that time, without what is promised. Default: no such bound. */
  readonly available?: () => number;
  /** Where promises are counted. Default: with those of all caches of the process in the computer's memory. */
  readonly promises?: CachePromises;
}

/** A budget of `limit` bytes, all free. */
export function cacheBudget(limit: number, options: CacheBudgetOptions = {}): CacheBudget {
  const { available = () => Number.POSITIVE_INFINITY, promises = processPromises } = options;
  let used = 0;
  const check = (bytes: number): void => {
    if (used + bytes > limit) {
      const message = `caches may take ${megabytes(limit)}, ${megabytes(used)} are in use and ${megabytes(bytes)} more were asked for: close caches, ask for a smaller capacity or raise maxCacheBytes`;
      throw new PalaverError("ERR_LIMIT", message, { details: { limit, used, requested: bytes } });
    }
    const left = available();
    const promised = promises.bytes;
    if (bytes + promised <= left) return;
    const message = `${megabytes(left)} of memory are available, caches that are not full may still take ${megabytes(promised)}, and a cache of ${megabytes(bytes)} was asked for: close caches, free memory, ask for a smaller capacity or give maxCacheBytes`;
    const details = { limit, used, requested: bytes, promised, available: left };
    throw new PalaverError("ERR_LIMIT", message, { details });
  };

  return {
    take(bytes) {
      check(bytes);
      used += bytes;
      promises.bytes += bytes;
      let unwritten = bytes;
      let isGiven = false;
      const keep = (promise: number): void => {
        promises.bytes += promise - unwritten;
        unwritten = promise;
      };
      return {
        written(count) {
          // What was written once stays memory in use, also where the sequence was cut.
          if (!isGiven) keep(Math.max(0, Math.min(unwritten, bytes - count)));
        },
        give() {
          if (isGiven) return;
          isGiven = true;
          used -= bytes;
          keep(0);
        },
      };
    },
  };
}

/** For whom a budget is. */
export interface OpenCacheBudgetOptions {
  /** What somebody gave; such a budget is not held against the computer's memory. */
  readonly maxCacheBytes?: number | undefined;
  /** The caches lie in a device's own memory. */
  readonly onDevice: boolean;
}

/**
 * A decoder's budget. Where nobody gave one: half of the memory that this process can still get, since the rest is for activations and
 * everybody else. Make it when the weights are loaded. Caches that lie in the computer's memory are held against what is left of that each
 * time, which costs a few tenths of a millisecond; a device's own memory cannot be asked.
 */
export function openCacheBudget({ maxCacheBytes, onDevice }: OpenCacheBudgetOptions): CacheBudget {
  const promises = onDevice ? { bytes: 0 } : processPromises;
  if (maxCacheBytes !== undefined) return cacheBudget(maxCacheBytes, { promises });
  const limit = Math.max(0, Math.floor((availableMemory() - promises.bytes) / 2));
  return cacheBudget(limit, onDevice ? { promises } : { promises, available: availableMemory });
}

// --- internal ---

const processPromises: CachePromises = { bytes: 0 };

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

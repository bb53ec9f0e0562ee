import { availableMemory } from "node:process";
import { PalaverError } from "@palaver/core";

/** Counts the bytes that caches may grow to, so that a cache too many is refused before it takes memory. */
export interface CacheBudget {
  /** @throws ERR_LIMIT with the bytes asked for, in use and allowed */
  take(bytes: number): void;
  give(bytes: number): void;
}

/** Half of the memory that this process can still get: the rest is for activations and everybody else. */
export function defaultCacheBytes(): number {
  return Math.floor(availableMemory() / 2);
}

/** A budget of `limit` bytes, all free. */
export function cacheBudget(limit: number): CacheBudget {
  let used = 0;
  return {
    take(bytes) {
      if (used + bytes > limit) {
        const message = `caches may take ${megabytes(limit)}, ${megabytes(used)} are in use and ${megabytes(bytes)} more were asked for: close caches, ask for a smaller capacity or raise maxCacheBytes`;
        throw new PalaverError("ERR_LIMIT", message, { details: { limit, used, requested: bytes } });
      }
      used += bytes;
    },
    give(bytes) {
      used -= bytes;
    },
  };
}

// --- internal ---

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

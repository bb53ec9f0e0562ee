import os from "node:os";
import process from "node:process";
import { PalaverError } from "@palaver/core";

/** Counts the bytes that caches may grow to, so that a cache too many is refused before it takes memory. */
export interface CacheBudget {
  /** @throws ERR_LIMIT with the bytes asked for, in use and allowed, or available */
  take(bytes: number): void;
  give(bytes: number): void;
}

/** A budget of `limit` bytes, all free. No cache may be larger than what `available` gives at that time. Default: no such bound. */
export function cacheBudget(limit: number, available: () => number = () => Number.POSITIVE_INFINITY): CacheBudget {
  let used = 0;
  return {
    take(bytes) {
      if (used + bytes > limit) {
        const message = `caches may take ${megabytes(limit)}, ${megabytes(used)} are in use and ${megabytes(bytes)} more were asked for: close caches, ask for a smaller capacity or raise maxCacheBytes`;
        throw new PalaverError("ERR_LIMIT", message, { details: { limit, used, requested: bytes } });
      }
      const left = available();
      if (bytes > left) {
        const message = `${megabytes(left)} of memory are available and a cache of ${megabytes(bytes)} was asked for: free memory, ask for a smaller capacity or give maxCacheBytes`;
        throw new PalaverError("ERR_LIMIT", message, { details: { limit, used, requested: bytes, available: left } });
      }
      used += bytes;
    },
    give(bytes) {
      used -= bytes;
    },
  };
}

/**
 * The budget where nobody gave one: half of the memory that this process can still get, since the rest is for activations and
 * everybody else. Make it when the weights are loaded. Caches that lie in the computer's memory are held against what is left of that each time,
 * which costs about a tenth of a millisecond; a device's own memory cannot be asked.
 */
export function defaultCacheBudget({ onDevice }: { readonly onDevice: boolean }): CacheBudget {
  const limit = Math.floor(availableBytes() / 2);
  return onDevice ? cacheBudget(limit) : cacheBudget(limit, availableBytes);
}

// --- internal ---

/**
 * Not `process.availableMemory`: in a container it takes files that were read for memory in use, as a model's weights
 * are, which the kernel drops as soon as somebody needs their place.
 */
function availableBytes(): number {
  // macOS leaves hardly any memory free; it makes room when asked.
  const free = process.platform === "darwin" ? os.totalmem() : os.freemem();
  const container = process.constrainedMemory() || Number.POSITIVE_INFINITY; // 0: there is no limit
  return Math.max(0, Math.min(free, container - process.memoryUsage.rss()));
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

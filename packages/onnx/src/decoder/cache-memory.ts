import type { Runtime, RuntimeTensor } from "@palaver/core";
import type { CacheLayout } from "./cache-layout.ts";
import type { CacheState } from "./cache-state.ts";
import { deviceCacheMemory } from "./device-cache-memory.ts";
import { hostCacheMemory } from "./host-cache-memory.ts";

/** Where a decoder's caches lie, and how they are made and copied there. */
export interface CacheMemory {
  /** Tensors for `positions` positions, of zeros. @throws ERR_LIMIT, ERR_CLOSED */
  allocate(positions: number): CacheState;
  /**
   * The first `length` positions of a state that was allocated or copied, with room for `positions`, at most its own; zeros are behind
   * them. Later changes to `state` do not show in it.
   */
  copy(state: CacheState, length: number, positions: number): CacheState;
  /** The first `length` positions of a state whose tensors no one writes to, those that runs made among them. */
  cut(state: CacheState, length: number): CacheState;
  /** Makes zeros of what lies behind the first `length` positions, where kernels look at it. Steps wait for that. */
  forget(state: CacheState, length: number): void;
  /** A tensor for a run to write a cache of `positions` into; null: the run makes it, which is where it belongs. */
  output(layout: CacheLayout, positions: number): RuntimeTensor | null;
  /** Frees what the memory itself holds. */
  close(): Promise<void>;
}

/** The memory in which the runtime's device computes. */
export function cacheMemory(runtime: Runtime, layouts: readonly CacheLayout[]): CacheMemory {
  return runtime.deviceTensor === undefined
    ? hostCacheMemory(runtime, layouts)
    : deviceCacheMemory(runtime, runtime.deviceTensor, layouts);
}

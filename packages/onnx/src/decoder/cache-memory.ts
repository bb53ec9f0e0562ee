import { setImmediate as nextTurn } from "node:timers/promises";
import type { Runtime, RuntimeTensor } from "@palaver/core";
import { bytesPerPosition, type CacheLayout, copyPositions } from "./cache-layout.ts";
import { CacheState, during } from "./cache-state.ts";
import { deviceCacheMemory } from "./device-cache-memory.ts";
import { makeTensors } from "./make-tensors.ts";

// Copied in one turn of the event loop: a few milliseconds, most of them for pages that are touched for the first time.
const BYTES_PER_TURN = 4 * 1024 * 1024;

/** Where a decoder's caches lie, and how they are made and copied there. */
export interface CacheMemory {
  /** Tensors for `positions` positions, of zeros. @throws ERR_LIMIT, ERR_CLOSED */
  allocate(positions: number): CacheState;
  /** The first `length` positions of `state`, with room for `positions`, at most its own. Later changes to `state` do not show in it. */
  copy(state: CacheState, length: number, positions: number): CacheState;
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

// --- internal ---

function hostCacheMemory(runtime: Runtime, layouts: readonly CacheLayout[]): CacheMemory {
  const allocate = (positions: number): CacheState => {
    const tensors = makeTensors(layouts, ({ type, shape }) => runtime.tensor(type, shape(positions)));
    return new CacheState(tensors, positions);
  };
  return {
    allocate,
    copy(state, length, positions) {
      const copy = allocate(positions);
      const copyTensor = (layout: CacheLayout, i: number): void => {
        copyPositions(layout, state.tensors[i]!, copy.tensors[i]!, length);
      };
      if (length * bytesPerPosition(layouts) <= BYTES_PER_TURN && state.ready() === undefined) {
        layouts.forEach(copyTensor);
        return copy;
      }
      const work = during([state, copy], async () => {
        await state.ready();
        let bytes = BYTES_PER_TURN; // this turn has made the tensors already
        for (const [i, layout] of layouts.entries()) {
          if (bytes >= BYTES_PER_TURN) {
            await nextTurn();
            bytes = 0;
          }
          copyTensor(layout, i);
          bytes += length * bytesPerPosition([layout]);
        }
      });
      copy.after(work);
      state.after(work.catch(() => undefined)); // what follows would change what is copied; a copy that fails is the copy's trouble
      return copy;
    },
    output: () => null,
    close: async () => {},
  };
}

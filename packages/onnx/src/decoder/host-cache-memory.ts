/**
 * Caches in the computer's memory. Large ones are copied a part in each turn of the event loop: a copy is there at once and its
 * tensors a moment later. Its state holds the work, and steps wait for that.
 */

import { setImmediate as nextTurn } from "node:timers/promises";
import type { Runtime, RuntimeTensor } from "@palaver/core";
import { bytesPerPosition, type CacheLayout, copyPositions } from "./cache-layout.ts";
import type { CacheMemory } from "./cache-memory.ts";
import { CacheState, during } from "./cache-state.ts";
import { makeTensors } from "./make-tensors.ts";
import { tensorGraphs } from "./tensor-graphs.ts";

// Copied in one turn: a few milliseconds, most of them for pages that are touched for the first time.
const COPIED_PER_TURN = 4 * 1024 * 1024;

// Made in one turn. The garbage collector counts these bytes, too, and works for some milliseconds each few dozen MB.
const MADE_PER_TURN = 32 * 1024 * 1024;

/** The memory that `tensor` of a runtime gives. */
export function hostCacheMemory(runtime: Runtime, layouts: readonly CacheLayout[]): CacheMemory {
  const graphs = tensorGraphs(runtime);

  const make = ({ type, shape }: CacheLayout, positions: number): RuntimeTensor =>
    runtime.tensor(type, shape(positions));
  const allocate = (positions: number): CacheState =>
    new CacheState(
      makeTensors(layouts, (layout) => make(layout, positions)),
      positions,
    );
  const fitsOneTurn = (state: CacheState, copied: number, made: number): boolean => {
    const bytes = bytesPerPosition(layouts);
    return copied * bytes <= COPIED_PER_TURN && made * bytes <= MADE_PER_TURN && state.ready() === undefined;
  };
  const copyNow = (state: CacheState, length: number, positions: number): CacheState => {
    const copy = allocate(positions);
    for (const [i, layout] of layouts.entries()) {
      copyPositions(layout, state.tensors[i]!, copy.tensors[i]!, { from: 0, to: length });
    }
    return copy;
  };
  /** A copy whose tensors are made and filled one after the other. */
  const copyLater = (
    state: CacheState,
    positions: number,
    fill: (i: number, target: RuntimeTensor) => Promise<void>,
  ): { readonly copy: CacheState; readonly work: Promise<void> } => {
    const copy = new CacheState([], positions);
    const work = during([state, copy], async () => {
      await state.ready();
      const tensors: RuntimeTensor[] = [];
      try {
        for (const [i, layout] of layouts.entries()) {
          await nextTurn();
          const target = make(layout, positions);
          tensors.push(target);
          await fill(i, target);
        }
      } catch (error) {
        for (const tensor of tensors) tensor.close();
        throw error;
      }
      copy.replaceTensors(tensors);
    });
    copy.after(work);
    return { copy, work };
  };

  return {
    allocate,
    copy(state, length, positions) {
      if (length === 0) return allocate(positions);
      if (fitsOneTurn(state, length, positions)) return copyNow(state, length, positions);
      const { copy, work } = copyLater(state, positions, async (i, target) => {
        const layout = layouts[i]!;
        const most = Math.max(1, Math.floor(COPIED_PER_TURN / bytesPerPosition([layout])));
        for (let from = 0; from < length; from += most) {
          if (from > 0) await nextTurn();
          copyPositions(layout, state.tensors[i]!, target, { from, to: Math.min(length, from + most) });
        }
      });
      state.after(work.catch(() => undefined)); // what follows would change what is copied; a copy that fails is the copy's trouble
      return copy;
    },
    cut(state, length) {
      if (length === 0) return allocate(0);
      // A first look at what a run made moves the whole of it to JavaScript's memory, in one turn: graphs need none.
      if (fitsOneTurn(state, state.positions, length)) return copyNow(state, length, length);
      return copyLater(state, length, (i, target) => graphs.copy(state.tensors[i]!, target, length)).copy;
    },
    forget: () => {}, // a CPU's kernels read what the sequence holds and nothing else
    output: () => null,
    close: () => graphs.close(),
  };
}

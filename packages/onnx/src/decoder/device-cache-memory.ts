/**
 * Caches in a device's own memory. Only graphs reach it. A cache is there at once and its content a moment later: its
 * state holds the work, and steps wait for that.
 */

import type { Runtime, RuntimeTensor } from "@palaver/core";
import type { CacheLayout } from "./cache-layout.ts";
import type { CacheMemory } from "./cache-memory.ts";
import { CacheState, during } from "./cache-state.ts";
import { makeTensors } from "./make-tensors.ts";
import { tensorGraphs } from "./tensor-graphs.ts";

type DeviceTensor = NonNullable<Runtime["deviceTensor"]>;

/** The memory behind `deviceTensor`. */
export function deviceCacheMemory(
  runtime: Runtime,
  deviceTensor: DeviceTensor,
  layouts: readonly CacheLayout[],
): CacheMemory {
  const graphs = tensorGraphs(runtime);

  const make = (positions: number): RuntimeTensor[] =>
    makeTensors(layouts, ({ type, shape }) => deviceTensor(type, shape(positions)));
  // Zeros matter although nobody reads behind a cache's length: kernels multiply what is there by zero, and what a
  // device hands out, or a broken step leaves behind, may be no numbers.
  const fill = (targets: readonly RuntimeTensor[], state: CacheState, length: number): Promise<unknown> =>
    Promise.all(targets.map((target, i) => graphs.copy(state.tensors[i]!, target, length)));

  const allocate = (positions: number): CacheState => {
    // Nothing can lie on a device; a run takes it from anywhere.
    if (positions === 0) {
      return new CacheState(
        makeTensors(layouts, ({ type, shape }) => runtime.tensor(type, shape(0))),
        0,
      );
    }
    const state = new CacheState(make(positions), positions);
    state.after(during([state], () => Promise.all(state.tensors.map((tensor) => graphs.zero(tensor)))));
    return state;
  };
  const copy = (state: CacheState, length: number, positions: number): CacheState => {
    if (length === 0) return allocate(positions);
    const made = new CacheState(make(positions), positions);
    const work = during([state, made], async () => {
      await state.ready();
      await fill(made.tensors, state, length);
    });
    made.after(work);
    state.after(work.catch(() => undefined)); // a copy that fails is the copy's trouble
    return made;
  };

  return {
    allocate,
    copy,
    cut: (state, length) => copy(state, length, length),
    forget(state, length) {
      const work = during([state], async () => {
        await state.ready();
        const clean = make(state.positions);
        try {
          await fill(clean, state, length);
        } catch (error) {
          for (const tensor of clean) tensor.close();
          throw error;
        }
        state.replaceTensors(clean);
      });
      state.after(work.catch(() => undefined)); // if it fails, so does the next step: as this one, which told why
    },
    output: ({ type, shape }, positions) => deviceTensor(type, shape(positions)),
    close: () => graphs.close(),
  };
}

/**
 * Caches in a device's own memory. Only graphs reach it, so zeros and copies are runs of two small graphs. A cache is
 * there at once and its content a moment later: its state holds the work, and steps wait for that.
 */

import type { Runtime, RuntimeSession, RuntimeTensor, TensorType } from "@palaver/core";
import type { CacheLayout } from "./cache-layout.ts";
import type { CacheMemory } from "./cache-memory.ts";
import { CacheState, during } from "./cache-state.ts";
import { copyGraph, zerosGraph } from "./device-graphs.ts";
import { makeTensors } from "./make-tensors.ts";

type DeviceTensor = NonNullable<Runtime["deviceTensor"]>;

/** The memory behind `deviceTensor`. */
export function deviceCacheMemory(
  runtime: Runtime,
  deviceTensor: DeviceTensor,
  layouts: readonly CacheLayout[],
): CacheMemory {
  const sessions = new Map<string, Promise<RuntimeSession>>();

  /** Loaded when first needed: most decoders never fork. */
  const load = (graph: typeof copyGraph, type: TensorType, rank: number): Promise<RuntimeSession> => {
    const key = `${graph.name} ${type} ${rank}`;
    const session = sessions.get(key) ?? runtime.load(graph(type, rank));
    sessions.set(key, session);
    return session;
  };
  // Zeros matter although nobody reads behind a cache's length: kernels multiply what is there by zero, and what a
  // device hands out may hold bits that are no numbers.
  const fillZeros = async (target: RuntimeTensor): Promise<void> => {
    const session = await load(zerosGraph, target.type, target.shape.length);
    const shape = BigInt64Array.from(target.shape, BigInt);
    await runWith(runtime, session, { shape }, {}, target);
  };
  const copyTensor = async (source: RuntimeTensor, target: RuntimeTensor, positions: number): Promise<void> => {
    const session = await load(copyGraph, target.type, target.shape.length);
    await runWith(runtime, session, { positions: BigInt64Array.of(BigInt(positions)) }, { source }, target);
  };
  const begin = (positions: number): CacheState => {
    return new CacheState(
      makeTensors(layouts, ({ type, shape }) => deviceTensor(type, shape(positions))),
      positions,
    );
  };

  return {
    allocate(positions) {
      // Nothing can lie on a device; a run takes it from anywhere.
      if (positions === 0) {
        return new CacheState(
          makeTensors(layouts, ({ type, shape }) => runtime.tensor(type, shape(0))),
          0,
        );
      }
      const state = begin(positions);
      state.after(during([state], () => Promise.all(state.tensors.map(fillZeros))));
      return state;
    },
    copy(state, length, positions) {
      if (length === 0) return this.allocate(positions);
      const copy = begin(positions);
      const work = during([state, copy], async () => {
        await state.ready();
        // With what lies behind `length`, if there is room for it: numbers like others, that nobody reads.
        await Promise.all(state.tensors.map((tensor, i) => copyTensor(tensor, copy.tensors[i]!, positions)));
      });
      copy.after(work);
      state.after(work.catch(() => undefined)); // a copy that fails is the copy's trouble
      return copy;
    },
    output: ({ type, shape }, positions) => deviceTensor(type, shape(positions)),
    async close() {
      const loaded = await Promise.allSettled(sessions.values());
      await Promise.all(loaded.map((result) => (result.status === "fulfilled" ? result.value.close() : undefined)));
    },
  };
}

// --- internal ---

/** One run into `target`, with `counts` as inputs of their own. */
async function runWith(
  runtime: Runtime,
  session: RuntimeSession,
  counts: Readonly<Record<string, BigInt64Array>>,
  feeds: Readonly<Record<string, RuntimeTensor>>,
  target: RuntimeTensor,
): Promise<void> {
  const inputs = Object.entries(counts).map(
    ([name, data]) => [name, runtime.tensor("int64", [data.length], data)] as const,
  );
  try {
    await session.run({ ...feeds, ...Object.fromEntries(inputs) }, { target });
  } finally {
    for (const [, tensor] of inputs) tensor.close();
  }
}

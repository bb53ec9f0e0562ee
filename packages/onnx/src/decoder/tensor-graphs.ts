/**
 * Tensors that are filled and copied by small graphs. That is the only way into a device's memory, and on the CPU one beside the
 * event loop. A tensor's positions are its last axis but one.
 */

import type { Runtime, RuntimeSession, RuntimeTensor } from "@palaver/core";
import { settled } from "../close-in-turn.ts";
import { copyGraph, copyThenZerosGraph, zerosGraph } from "./copy-graphs.ts";

/** Fills and copies tensors of one runtime. */
export interface TensorGraphs {
  /** Fills a tensor with zeros. */
  zero(target: RuntimeTensor): Promise<void>;
  /** Copies the first `length` positions; behind them, as far as there is room, come zeros. */
  copy(source: RuntimeTensor, target: RuntimeTensor, length: number): Promise<void>;
  close(): Promise<void>;
}

/** No graph is loaded before it is needed: most decoders never fork. */
export function tensorGraphs(runtime: Runtime): TensorGraphs {
  const sessions = new Map<string, Promise<RuntimeSession>>();

  const load = (graph: typeof copyGraph, { type, shape }: RuntimeTensor): Promise<RuntimeSession> => {
    const key = `${graph.name} ${type} ${shape.length}`;
    const known = sessions.get(key);
    if (known !== undefined) return known;
    const loading = runtime.load(graph(type, shape.length), { threads: 1 }); // moving numbers takes no more
    sessions.set(key, loading);
    loading.catch(() => sessions.delete(key)); // the next one tries again
    return loading;
  };
  const zero = async (target: RuntimeTensor): Promise<void> => {
    await runWith(runtime, await load(zerosGraph, target), { shape: sizes(target.shape) }, {}, target);
  };

  return {
    zero,
    async copy(source, target, length) {
      if (length === 0) return zero(target);
      const positions = sizes([length]);
      const behind = target.shape.at(-2)! - length; // tensors of caches have four dimensions or five
      if (behind === 0) return runWith(runtime, await load(copyGraph, target), { positions }, { source }, target);
      const rest = sizes(target.shape.with(-2, behind));
      await runWith(runtime, await load(copyThenZerosGraph, target), { positions, rest }, { source }, target);
    },
    async close() {
      const loaded = await Promise.allSettled(sessions.values());
      await settled(loaded.flatMap((result) => (result.status === "fulfilled" ? [result.value.close()] : [])));
    },
  };
}

// --- internal ---

function sizes(numbers: readonly number[]): BigInt64Array {
  return BigInt64Array.from(numbers, BigInt);
}

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

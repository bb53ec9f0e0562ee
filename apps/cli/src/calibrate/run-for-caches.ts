import type { Runtime, RuntimeSession, RuntimeTensor } from "@palaver/core";
import { decoderValues, type LayerCache } from "@palaver/graph";
import type { SharedCacheForm } from "@palaver/hub";

/** Runs tokens from an empty cache through a graph with float32 caches, and gives what these then hold, a copy. */
export async function runForCaches(
  runtime: Runtime,
  session: RuntimeSession,
  { layers, kvHeads, headDim }: SharedCacheForm,
  tokens: readonly number[],
): Promise<LayerCache[]> {
  const count = tokens.length;
  const inputs: Record<string, RuntimeTensor> = {
    [decoderValues.inputIds]: runtime.tensor("int64", [1, count], BigInt64Array.from(tokens, BigInt)),
    [decoderValues.seqlensK]: runtime.tensor("int32", [1], Int32Array.of(count - 1)),
    [decoderValues.totalSequenceLength]: runtime.tensor("int32", [], Int32Array.of(count)),
    [decoderValues.logitRows]: runtime.tensor("int64", [1], BigInt64Array.of(0n)),
  };
  const caches = Array.from({ length: layers }, () => ({
    keys: runtime.tensor("float32", [1, kvHeads, count, headDim]),
    values: runtime.tensor("float32", [1, kvHeads, count, headDim]),
  }));
  const feeds = { ...inputs };
  const fetches: Record<string, RuntimeTensor> = {};
  for (const [layer, { keys, values }] of caches.entries()) {
    feeds[decoderValues.pastKey(layer)] = keys;
    feeds[decoderValues.pastValue(layer)] = values;
    fetches[decoderValues.presentKey(layer)] = keys;
    fetches[decoderValues.presentValue(layer)] = values;
  }
  try {
    await session.run(feeds, fetches);
    return caches.map(({ keys, values }) => ({ keys: floats(keys), values: floats(values) }));
  } finally {
    for (const tensor of Object.values(feeds)) tensor.close();
  }
}

// --- internal ---

function floats({ data }: RuntimeTensor): Float32Array {
  return (data as Float32Array).slice(); // a tensor made as float32 has no other elements
}

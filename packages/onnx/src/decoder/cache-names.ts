import { PalaverError, type ValueInfo } from "@palaver/core";

/** How a graph names its caches, with `%d` for the layer; a pattern of a past and the one of its present. */
export type CacheNames = Readonly<Record<string, string>>;

/** The spellings of Optimum and its descendants, and of ONNX Runtime GenAI's older exports (keys and values stacked). */
export const KNOWN_CACHE_NAMES: CacheNames = {
  "past_key_values.%d.key": "present.%d.key",
  "past_key_values.%d.value": "present.%d.value",
  "past_%d": "present_%d",
};

/** Pairs each cache input with its output. @throws ERR_UNSUPPORTED if an output is missing */
export function pairCaches(
  inputs: readonly ValueInfo[],
  outputs: readonly ValueInfo[],
  names: CacheNames,
): { readonly input: ValueInfo; readonly present: string }[] {
  return inputs.flatMap((input) => {
    for (const [past, present] of Object.entries(names)) {
      const layer = layerOf(input.name, past);
      if (layer === undefined) continue;
      const output = present.replace("%d", layer);
      if (outputs.some(({ name }) => name === output)) return [{ input, present: output }];
      throw new PalaverError("ERR_UNSUPPORTED", `cache ${input.name} has no output ${output}`);
    }
    return [];
  });
}

// --- internal ---

/** The digits that stand for `%d` in a name. */
function layerOf(name: string, pattern: string): string | undefined {
  const [head = "", tail = ""] = pattern.split("%d");
  if (!name.startsWith(head) || !name.endsWith(tail) || name.length <= head.length + tail.length) return undefined;
  const layer = name.slice(head.length, name.length - tail.length);
  return /^\d+$/.test(layer) ? layer : undefined;
}

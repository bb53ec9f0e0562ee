import { PalaverError } from "@palaver/core";
import { booleanField, type FieldSource, numberField } from "../config-fields.ts";
import { decoderLimits } from "../decoder-config.ts";

/**
 * The layers that see all tokens, by a config.json's `layer_types`; where it is absent every `pattern`th, as in the
 * field `sliding_window_pattern` or else as given. @throws ERR_FORMAT
 */
export function globalLayers(fields: FieldSource, layers: number, pattern: number): number[] {
  const types = fields.get("layer_types");
  if (types === undefined || types === null) {
    return everyNthLayer(layers, numberField(fields, "sliding_window_pattern", pattern));
  }
  const isList =
    Array.isArray(types) &&
    types.length === layers &&
    types.every((type) => type === "full_attention" || type === "sliding_attention");
  if (!isList) {
    throw new PalaverError(
      "ERR_FORMAT",
      `${fields.name}: layer_types must name full_attention or sliding_attention for each of ${layers} layers`,
    );
  }
  return types.flatMap((type, layer) => (type === "full_attention" ? [layer] : []));
}

/** Every nth layer, the first of them the nth. @throws ERR_FORMAT */
export function everyNthLayer(layers: number, n: number): number[] {
  if (!Number.isInteger(n) || n < 1)
    throw new PalaverError("ERR_FORMAT", `the pattern of layers must repeat after at least 1, got ${n}`);
  // An untrusted number of layers is not checked yet: the list must not grow with it.
  const all = Array.from({ length: Math.min(layers, decoderLimits.layers) || 0 }, (_, layer) => layer);
  return all.filter((layer) => (layer + 1) % n === 0);
}

/** `layer_types` of a config.json that mean these global layers. */
export function layerTypes(layers: number, global: readonly number[]): string[] {
  return Array.from({ length: layers }, (_, layer) =>
    global.includes(layer) ? "full_attention" : "sliding_attention",
  );
}

/** Qwen's switch for a window in the upper layers, which no published model has on. @throws ERR_UNSUPPORTED */
export function refuseSlidingLayers(fields: FieldSource): void {
  if (!booleanField(fields, "use_sliding_window", false)) return;
  throw new PalaverError(
    "ERR_UNSUPPORTED",
    `${fields.name}: a sliding window in the upper layers (use_sliding_window) is not supported: set it to false`,
  );
}

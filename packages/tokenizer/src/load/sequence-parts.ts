import { limits } from "../limits.ts";
import type { JsonField } from "./json-field.ts";

/**
 * The parts of a normalizer, pre-tokenizer or decoder in their order: those of a `Sequence`, which lists them under `key`
 * and may hold further sequences, or the one that it is; none where it is absent. @throws ERR_FORMAT, ERR_UNSUPPORTED
 */
export function sequenceParts(field: JsonField, key: string, depth = 0): JsonField[] {
  if (field.absent) return [];
  if (field.get("type").string() !== "Sequence") return [field];
  if (depth >= limits.depth) field.unsupported("a sequence this deep");
  return field
    .get(key)
    .list()
    .flatMap((inner) => sequenceParts(inner, key, depth + 1));
}

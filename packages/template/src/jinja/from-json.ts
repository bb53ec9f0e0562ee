import { isJsonObject, type JsonValue, PalaverError } from "@palaver/core";
import { maxValueDepth } from "./budget.ts";
import type { Origin } from "./origin.ts";
import { Text } from "./text.ts";
import { type DictKey, listValue, type Value } from "./value.ts";

/**
 * A JSON value whose every character, key and number has this origin. Entries whose value is undefined are left out.
 *
 * @throws ERR_LIMIT where it nests deeper than values may, ERR_INVALID_ARGUMENT for what JSON has not
 */
export function fromJson(json: JsonValue, origin: Origin, depth = 0): Value {
  if (depth > maxValueDepth) {
    throw new PalaverError("ERR_LIMIT", `a value nests deeper than ${maxValueDepth} levels`, {
      details: { limit: "maxValueDepth", value: maxValueDepth },
    });
  }
  if (typeof json === "string") return Text.of(json, origin);
  if (typeof json === "number") return numberOf(json, origin);
  if (typeof json === "boolean") return { kind: "boolean", value: json, origin };
  if (json === null) return { kind: "none", origin };
  if (Array.isArray(json)) return listValue(json.map((item: JsonValue) => fromJson(item, origin, depth + 1)));
  if (!isJsonObject(json)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `a value of type ${typeof json} is no JSON: give a JSON value`);
  }
  const entries = new Map<DictKey, [Value, Value]>();
  for (const [key, value] of Object.entries(json)) {
    if (value !== undefined) entries.set(key, [Text.of(key, origin), fromJson(value, origin, depth + 1)]);
  }
  return { kind: "dict", entries };
}

// --- internal ---

function numberOf(value: number, origin: Origin): Value {
  // From here on JavaScript writes an exponent, which is a float's.
  if (!Number.isInteger(value) || Math.abs(value) >= 1e21) return { kind: "float", value, origin };
  return Number.isSafeInteger(value)
    ? { kind: "integer", value, origin }
    : { kind: "integer", value, digits: String(value), origin };
}

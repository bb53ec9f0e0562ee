import { type JsonValue, PalaverError } from "@palaver/core";
import { maxValueDepth } from "../jinja/budget.ts";

/**
 * JSON text as `json.dumps` writes it: with a space after commas and colons, which models saw in training.
 *
 * @throws ERR_LIMIT where it nests deeper than values may
 */
export function pythonJson(value: JsonValue, depth = 0): string {
  if (depth > maxValueDepth) throw new PalaverError("ERR_LIMIT", `a value nests deeper than ${maxValueDepth} levels`);
  if (Array.isArray(value)) return `[${value.map((item: JsonValue) => pythonJson(item, depth + 1)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  // What is left of JSON is an object.
  const entries = Object.entries(value as { readonly [key: string]: JsonValue });
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}: ${pythonJson(item, depth + 1)}`).join(", ")}}`;
}

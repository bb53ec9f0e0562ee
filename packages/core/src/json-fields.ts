/** Readers of fields in JSON from outside. Each failure is ERR_INVALID_ARGUMENT and names the field's path. */

import { PalaverError } from "./error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";

/** Nesting of schemas and arguments: people write a dozen levels; recursive code downstream must not run out of stack. */
const MAX_DEPTH = 64;
/** Values within one schema or arguments object: far above real ones, far below what would block the event loop. */
const MAX_VALUES = 100_000;
/** Characters of arguments that come as JSON text. */
const MAX_JSON_LENGTH = 4 * 1024 * 1024;

/** An ERR_INVALID_ARGUMENT that names the field, the rule and what was found. */
export function invalidField(path: string, rule: string, value: unknown): PalaverError {
  return new PalaverError("ERR_INVALID_ARGUMENT", `${path} must be ${rule}, got ${nameOf(value)}`, {
    details: { path },
  });
}

/** An object of unknown fields. */
export function readObject(path: string, value: unknown): Readonly<Record<string, unknown>> {
  if (!isJsonObject(value)) throw invalidField(path, "an object", value);
  return value;
}

/** A list of at most `max` entries. */
export function readList(path: string, value: unknown, max: number): readonly unknown[] {
  if (!Array.isArray(value)) throw invalidField(path, "a list", value);
  if (value.length > max) throw invalidField(path, `a list of at most ${max} entries`, value);
  return value;
}

/** A string. */
export function readString(path: string, value: unknown): string {
  if (typeof value !== "string") throw invalidField(path, "a string", value);
  return value;
}

/** The first of several spellings of an optional string that is present; `null` counts as absent. */
export function readOptionalString(
  path: string,
  fields: Readonly<Record<string, unknown>>,
  spellings: readonly string[],
): string | undefined {
  for (const key of spellings) {
    const value = fields[key];
    if (value !== undefined && value !== null) return readString(`${path}.${key}`, value);
  }
  return undefined;
}

/** A JSON object of bounded depth and size, given as such. */
export function readJsonObject(path: string, value: unknown): JsonObject {
  if (!isJsonObject(value)) throw invalidField(path, "an object", value);
  requireJson(path, value);
  return value;
}

/** A JSON object of bounded depth and size, given as JSON text; empty text is the empty object. */
export function parseJsonObject(path: string, text: string): JsonObject {
  if (text.length > MAX_JSON_LENGTH) throw invalidField(path, `at most ${MAX_JSON_LENGTH} characters`, text);
  if (text.trim() === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `${path} must be the JSON text of an object`, {
      cause,
      details: { path },
    });
  }
  return readJsonObject(path, value);
}

// --- internal ---

/** Walks without recursion, since the depth is what is in question. */
function requireJson(path: string, root: JsonObject): asserts root is JsonObject {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 1 }];
  for (let count = 0; open.length > 0; count++) {
    const { value, depth } = open.pop()!;
    if (count >= MAX_VALUES) throw invalidField(path, `JSON of at most ${MAX_VALUES} values`, root);
    if (typeof value === "object" && value !== null) {
      if (depth > MAX_DEPTH) throw invalidField(path, `JSON of at most ${MAX_DEPTH} levels`, root);
      for (const inner of Object.values(value as JsonObject | JsonValue[]))
        open.push({ value: inner, depth: depth + 1 });
    } else if (!isScalar(value)) throw invalidField(path, "made of JSON values", value);
  }
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

/** What a value is, in few words: contents of any size stay out of messages. */
function nameOf(value: unknown): string {
  if (value === null || value === undefined || typeof value === "number" || typeof value === "boolean") {
    return String(value);
  }
  if (typeof value === "string")
    return value.length > 40 ? `text of ${value.length} characters` : JSON.stringify(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

import { isJsonObject, type JsonObject, type JsonValue, PalaverError } from "@palaver/core";

/** The fields of an untrusted JSON object: each of the right type, undefined where absent or null, else ERR_FORMAT. */
export interface JsonFields {
  object(field: string): JsonFields | undefined;
  text(field: string): string | undefined;
  /** A finite number. */
  number(field: string): number | undefined;
  /** An integer from 0 to 2^53 - 1. */
  integer(field: string): number | undefined;
  boolean(field: string): boolean | undefined;
  raw(field: string): JsonValue | undefined;
  readonly names: readonly string[];
  /** ERR_FORMAT about a field. */
  wrong(field: string, expected: string): PalaverError;
}

/** The fields of a JSON object that came from `path`. @throws ERR_FORMAT when it is none */
export function jsonFields(value: unknown, path: string): JsonFields {
  if (!isJsonObject(value)) {
    throw new PalaverError("ERR_FORMAT", `${path} must hold a JSON object`, { details: { path } });
  }
  return fieldsOf(value, path, "");
}

// --- internal ---

function fieldsOf(object: JsonObject, path: string, prefix: string): JsonFields {
  const wrong = (field: string, expected: string): PalaverError =>
    new PalaverError("ERR_FORMAT", `${path}: ${prefix}${field} must be ${expected}`, { details: { path, field } });
  const raw = (field: string): JsonValue | undefined =>
    Object.hasOwn(object, field) ? (object[field] ?? undefined) : undefined;
  const read = <T extends JsonValue>(field: string, expected: string, is: (value: JsonValue) => value is T) => {
    const value = raw(field);
    if (value === undefined || is(value)) return value;
    throw wrong(field, expected);
  };
  return {
    object: (field) => {
      const value = read(field, "an object", isJsonObject);
      return value === undefined ? undefined : fieldsOf(value, path, `${prefix}${field}.`);
    },
    text: (field) => read(field, "a string", (value) => typeof value === "string"),
    number: (field) => read(field, "a number", isFiniteNumber),
    integer: (field) => read(field, "a natural number", isNatural),
    boolean: (field) => read(field, "true or false", (value) => typeof value === "boolean"),
    raw,
    names: Object.keys(object),
    wrong,
  };
}

function isNatural(value: JsonValue): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

// JSON.parse takes 1e999 for infinity.
function isFiniteNumber(value: JsonValue): value is number {
  return Number.isFinite(value);
}

/** Reads one field of an untrusted description: the right type or ERR_FORMAT that names the field. */

import { isJsonObject, type JsonObject, PalaverError } from "@palaver/core";

/** Where fields come from, with the name under which messages show it. */
export interface FieldSource {
  /** `config.json`, `GGUF metadata` and the like. */
  readonly name: string;
  /** The value of a field; undefined or null where it is absent. */
  get(field: string): unknown;
}

/** The fields of a JSON object. @throws ERR_FORMAT if it is none */
export function jsonFields(name: string, json: unknown): FieldSource {
  if (!isJsonObject(json)) throw new PalaverError("ERR_FORMAT", `${name} must be a JSON object`);
  const object: JsonObject = json;
  return { name, get: (field) => (Object.hasOwn(object, field) ? object[field] : undefined) };
}

/** A number; GGUF's 64-bit integers come as bigint. `fallback` is for an absent field. @throws ERR_FORMAT */
export function numberField(source: FieldSource, field: string, fallback?: number): number {
  const value = source.get(field);
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if ((value === undefined || value === null) && fallback !== undefined) return fallback;
  throw wrongField(source, field, "a number", value);
}

/** A number where the field is there. @throws ERR_FORMAT */
export function optionalNumberField(source: FieldSource, field: string): number | undefined {
  const value = source.get(field);
  return value === undefined || value === null ? undefined : numberField(source, field);
}

/** A number, undefined where the field is null; `fallback` is for an absent field. @throws ERR_FORMAT */
export function nullableNumberField(source: FieldSource, field: string, fallback: number): number | undefined {
  return source.get(field) === null ? undefined : numberField(source, field, fallback);
}

/** A list of numbers of at most `limit` elements. @throws ERR_FORMAT */
export function numbersField(source: FieldSource, field: string, limit: number): number[] {
  const value = source.get(field);
  if (!Array.isArray(value)) throw wrongField(source, field, "a list of numbers", value);
  const isList = value.length <= limit && value.every((element) => typeof element === "number");
  if (isList) return [...value];
  throw wrongField(source, field, `a list of at most ${limit} numbers`, value);
}

/** True or false. @throws ERR_FORMAT */
export function booleanField(source: FieldSource, field: string, fallback: boolean): boolean {
  const value = source.get(field) ?? fallback;
  if (typeof value === "boolean") return value;
  throw wrongField(source, field, "true or false", value);
}

/** A string; undefined where the field is absent. @throws ERR_FORMAT */
export function stringField(source: FieldSource, field: string): string | undefined {
  const value = source.get(field);
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  throw wrongField(source, field, "a string", value);
}

/** A nested object's fields; undefined where the field is absent. @throws ERR_FORMAT */
export function objectField(source: FieldSource, field: string): FieldSource | undefined {
  const value = source.get(field);
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) throw wrongField(source, field, "an object", value);
  return jsonFields(`${source.name}: ${field}`, value);
}

// --- internal ---

function wrongField(source: FieldSource, field: string, expected: string, value: unknown): PalaverError {
  const found =
    value === undefined || value === null ? "nothing" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
  return new PalaverError("ERR_FORMAT", `${source.name}: ${field} must be ${expected}, found ${found}`, {
    details: { field },
  });
}

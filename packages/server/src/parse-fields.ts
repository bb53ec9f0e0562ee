import { isJsonObject, type JsonObject, type JsonValue, PalaverError } from "@palaver/core";
import { z } from "zod";

/**
 * The fields of a request's object that a schema names, checked; `null` is a field left out, others are dropped.
 * @throws ERR_INVALID_ARGUMENT for the first field that does not fit, with its path in `details.param`
 */
export function parseFields<T>(schema: z.ZodType<T>, body: JsonObject, path = ""): T {
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const param = spelled([...(path === "" ? [] : [path]), ...(issue?.path ?? [])]);
  const message = issue?.message ?? "it does not fit";
  throw new PalaverError("ERR_INVALID_ARGUMENT", `${param}: ${message}`, { details: { param } });
}

/** An object within a body, with any values: they are JSON already, and checking millions one by one takes many seconds. */
export const jsonObject = z.custom<JsonObject>(isJsonObject, "must be an object");

/** Fields by name, each with the values that it has anyway. */
export type UnsupportedFields = Readonly<Record<string, readonly JsonValue[]>>;

/**
 * Refuses fields that would change the answer if they were understood. Each may hold what it has anyway: `null` and the
 * values of the table.
 * @throws ERR_UNSUPPORTED, with the field in `details.param`
 */
export function refuseUnsupported(body: JsonObject, unsupported: UnsupportedFields, path = ""): void {
  for (const [field, neutral] of Object.entries(unsupported)) {
    const value = body[field];
    if (value === undefined || value === null) continue;
    if (neutral.some((allowed) => JSON.stringify(allowed) === JSON.stringify(value))) continue;
    const param = path === "" ? field : `${path}.${field}`;
    const allowed = neutral.map((known) => JSON.stringify(known)).join(", ");
    const advice = allowed === "" ? "leave it out" : `leave it out or send ${allowed}`;
    throw new PalaverError("ERR_UNSUPPORTED", `${param} is not supported: ${advice}`, { details: { param } });
  }
}

/** An object without the fields that are undefined. */
export function definedOf<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

// --- internal ---

/** `options.stop[1]` */
function spelled(path: readonly PropertyKey[]): string {
  return path.map((key, i) => (typeof key === "number" ? `[${key}]` : `${i === 0 ? "" : "."}${String(key)}`)).join("");
}

/** Typed reading of parsed JSON: whatever is wrong is reported with the path of the field. */
import { isJsonObject, type JsonObject, type JsonValue, PalaverError } from "@palaver/core";
import { limits } from "../limits.ts";

/** A value with the path that leads to it, such as `tokenizer.json: model.vocab`. */
export class JsonField {
  readonly value: JsonValue | undefined;
  readonly path: string;

  constructor(value: JsonValue | undefined, path: string) {
    this.value = value;
    this.path = path;
  }

  /** True where the field is missing or null. */
  get absent(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** The member `name` of an object; a field without a value where there is none. */
  get(name: string): JsonField {
    const object = this.object();
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    return new JsonField(value, this.path.endsWith(":") ? `${this.path} ${name}` : `${this.path}.${name}`);
  }

  /** The elements of a list, at most `limit`. */
  list(limit: number = limits.steps): JsonField[] {
    if (!Array.isArray(this.value)) this.fail("a list");
    if (this.value.length > limit) {
      throw new PalaverError("ERR_LIMIT", `${this.path} has ${this.value.length} elements, the limit is ${limit}`, {
        details: { path: this.path, limit },
      });
    }
    return this.value.map((value: JsonValue, index: number) => new JsonField(value, `${this.path}[${index}]`));
  }

  object(): JsonObject {
    if (!isJsonObject(this.value)) this.fail("an object");
    return this.value;
  }

  /** The members of an object. */
  members(): [string, JsonField][] {
    return Object.keys(this.object()).map((name) => [name, this.get(name)]);
  }

  string(fallback?: string): string {
    if (this.absent && fallback !== undefined) return fallback;
    if (typeof this.value !== "string") this.fail("a string");
    return this.value;
  }

  boolean(fallback?: boolean): boolean {
    if (this.absent && fallback !== undefined) return fallback;
    if (typeof this.value !== "boolean") this.fail("true or false");
    return this.value;
  }

  number(fallback?: number): number {
    if (this.absent && fallback !== undefined) return fallback;
    if (typeof this.value !== "number") this.fail("a number");
    return this.value;
  }

  /** A whole number from 0 to `limit`. */
  index(limit: number, fallback?: number): number {
    const value = this.number(fallback);
    if (!(Number.isInteger(value) && value >= 0 && value <= limit)) this.fail(`a whole number up to ${limit}`);
    return value;
  }

  /** Throws ERR_FORMAT: the field should be `wanted`. */
  fail(wanted: string): never {
    const shown = this.value === undefined ? "nothing" : (JSON.stringify(this.value)?.slice(0, 80) ?? "nothing");
    throw new PalaverError("ERR_FORMAT", `${this.path} should be ${wanted}, it is ${shown}`, {
      details: { path: this.path },
    });
  }

  /** Throws ERR_UNSUPPORTED: the field asks for something that this package does not do. */
  unsupported(what: string): never {
    throw new PalaverError("ERR_UNSUPPORTED", `${this.path}: ${what} is not supported`, {
      details: { path: this.path },
    });
  }
}

/** Parses a JSON file into its root field. @throws ERR_FORMAT */
export function parseJsonFile(text: string, file: string): JsonField {
  try {
    return new JsonField(JSON.parse(text) as JsonValue, `${file}:`);
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? cause.message : String(cause);
    throw new PalaverError("ERR_FORMAT", `${file} is not JSON: ${reason}`, { cause, details: { path: file } });
  }
}

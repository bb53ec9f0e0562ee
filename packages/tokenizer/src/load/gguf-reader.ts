import { PalaverError } from "@palaver/core";
import { limits } from "../limits.ts";

/** Metadata by key: a map or a plain object, of plain values or of objects that hold them in `value`. */
export type GgufMetadataLike = ReadonlyMap<string, unknown> | Readonly<Record<string, unknown>>;

/** Typed reading of GGUF metadata. */
export class GgufReader {
  readonly #metadata: GgufMetadataLike;

  constructor(metadata: GgufMetadataLike) {
    this.#metadata = metadata;
  }

  /** @throws ERR_NOT_FOUND without a fallback, ERR_FORMAT */
  string(key: string, fallback?: string): string {
    const value = this.#value(key);
    if (value === undefined && fallback !== undefined) return fallback;
    if (value === undefined)
      throw new PalaverError("ERR_NOT_FOUND", `the metadata has no ${key}`, { details: { path: key } });
    return typeof value === "string" ? value : wrong(key, "a string");
  }

  /** @throws ERR_FORMAT */
  boolean(key: string, fallback: boolean): boolean {
    const value = this.#value(key) ?? fallback;
    return typeof value === "boolean" ? value : wrong(key, "true or false");
  }

  /** An id below `size`; one beyond it counts as missing, as llama.cpp has it. @throws ERR_FORMAT */
  index(key: string, size: number): number | undefined {
    const value = this.#value(key);
    if (value === undefined) return undefined;
    if (typeof value !== "number" && typeof value !== "bigint") return wrong(key, "a whole number");
    const id = Number(value);
    return Number.isInteger(id) && id >= 0 && id < size ? id : undefined;
  }

  /** @throws ERR_NOT_FOUND, ERR_FORMAT, ERR_LIMIT */
  strings(key: string): readonly string[] {
    const value = this.#value(key);
    if (value === undefined)
      throw new PalaverError("ERR_NOT_FOUND", `the metadata has no ${key}`, { details: { path: key } });
    if (!Array.isArray(value)) return wrong(key, "a list of strings");
    const list: readonly unknown[] = value;
    if (list.length > limits.vocabularySize) {
      throw new PalaverError("ERR_LIMIT", `${key} has ${list.length} elements, the limit is ${limits.vocabularySize}`, {
        details: { path: key, limit: "vocabularySize" },
      });
    }
    return list.every((item): item is string => typeof item === "string") ? list : wrong(key, "a list of strings");
  }

  /** Numbers, one for each of `length`. @throws ERR_FORMAT */
  numbers(key: string, length: number): ArrayLike<number> | undefined {
    const value = this.#value(key);
    if (value === undefined) return undefined;
    const list = Array.isArray(value) || ArrayBuffer.isView(value) ? Array.from(value as Iterable<unknown>) : undefined;
    if (list?.length !== length) return wrong(key, `a list of ${length} numbers`);
    return list.every((item): item is number => typeof item === "number") ? list : wrong(key, "a list of numbers");
  }

  /** Bytes, stored as a list of numbers. @throws ERR_FORMAT */
  bytes(key: string): Uint8Array | undefined {
    const value = this.#value(key);
    if (value === undefined) return undefined;
    if (value instanceof Uint8Array || value instanceof Int8Array) return Uint8Array.from(value, (byte) => byte & 255);
    return Array.isArray(value) ? Uint8Array.from(value as number[], (byte) => byte & 255) : wrong(key, "bytes");
  }

  #value(key: string): unknown {
    const metadata = this.#metadata;
    const found = isMap(metadata) ? metadata.get(key) : Object.hasOwn(metadata, key) ? metadata[key] : undefined;
    const holds = typeof found === "object" && found !== null && !Array.isArray(found) && !ArrayBuffer.isView(found);
    const value = holds && "value" in found ? found.value : found;
    return value ?? undefined;
  }
}

// --- internal ---

function isMap(metadata: GgufMetadataLike): metadata is ReadonlyMap<string, unknown> {
  return typeof (metadata as ReadonlyMap<string, unknown>).get === "function";
}

function wrong(key: string, wanted: string): never {
  throw new PalaverError("ERR_FORMAT", `${key} should be ${wanted}`, { details: { path: key } });
}

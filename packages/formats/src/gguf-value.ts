/** Metadata of GGUF files (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md): typed values and how to look them up. */

import { malformed, quoted } from "./malformed.ts";

/** The array class that holds each numeric item type. */
export const GGUF_ARRAYS = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
} as const;

/** Numeric types of metadata values. */
export type GgufNumberType = keyof typeof GGUF_ARRAYS;

/** A list of numbers, in the typed array of its item type. */
export type GgufNumberArray = {
  readonly [T in GgufNumberType]: {
    readonly type: "array";
    readonly itemType: T;
    readonly value: InstanceType<(typeof GGUF_ARRAYS)[T]>;
  };
}[GgufNumberType];

/** A metadata value with the type that the file gives it. */
export type GgufValue =
  | { readonly type: Exclude<GgufNumberType, "uint64" | "int64">; readonly value: number }
  | { readonly type: "uint64" | "int64"; readonly value: bigint }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "array"; readonly itemType: "bool"; readonly value: readonly boolean[] }
  | { readonly type: "array"; readonly itemType: "string"; readonly value: readonly string[] }
  | GgufNumberArray;

/** Metadata by key, in file order. */
export type GgufMetadata = ReadonlyMap<string, GgufValue>;

/** `gguf_metadata_value_type` by our name. */
export const GGUF_VALUE_CODES: Readonly<Record<GgufNumberType | "bool" | "string" | "array", number>> = {
  uint8: 0,
  int8: 1,
  uint16: 2,
  int16: 3,
  uint32: 4,
  int32: 5,
  float32: 6,
  bool: 7,
  string: 8,
  array: 9,
  uint64: 10,
  int64: 11,
  float64: 12,
};

/** The string at `key`; undefined where the key is absent. @throws ERR_FORMAT for a value of another type */
export function ggufString(metadata: GgufMetadata, key: string): string | undefined {
  const found = metadata.get(key);
  if (found === undefined || found.type === "string") return found?.value;
  throw wrongType(key, found, "a string");
}

/** The boolean at `key`; undefined where the key is absent. @throws ERR_FORMAT for a value of another type */
export function ggufBoolean(metadata: GgufMetadata, key: string): boolean | undefined {
  const found = metadata.get(key);
  if (found === undefined || found.type === "bool") return found?.value;
  throw wrongType(key, found, "a boolean");
}

/** The number at `key`; undefined where the key is absent. @throws ERR_FORMAT for another type, or beyond 2^53 */
export function ggufNumber(metadata: GgufMetadata, key: string): number | undefined {
  const found = metadata.get(key);
  if (found === undefined) return undefined;
  if (typeof found.value === "number") return found.value;
  if (typeof found.value === "bigint") return exact(found.value, key);
  throw wrongType(key, found, "a number");
}

/** The strings at `key`; undefined where the key is absent. @throws ERR_FORMAT for a value of another type */
export function ggufStrings(metadata: GgufMetadata, key: string): readonly string[] | undefined {
  const found = metadata.get(key);
  if (found === undefined) return undefined;
  if (found.type === "array" && found.itemType === "string") return found.value;
  throw wrongType(key, found, "a list of strings");
}

/** The numbers at `key`; undefined where the key is absent. @throws ERR_FORMAT for another type, or beyond 2^53 */
export function ggufNumbers(metadata: GgufMetadata, key: string): readonly number[] | undefined {
  const found = metadata.get(key);
  if (found === undefined) return undefined;
  if (found.type !== "array" || found.itemType === "string" || found.itemType === "bool") {
    throw wrongType(key, found, "a list of numbers");
  }
  return Array.from(found.value as Iterable<number | bigint>, (item) =>
    typeof item === "bigint" ? exact(item, key) : item,
  );
}

// --- internal ---

function exact(value: bigint, key: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw malformed(`GGUF: ${quoted(key)} is ${value}, beyond 2^53`, { key });
  return number;
}

function wrongType(key: string, found: GgufValue, wanted: string): Error {
  const type = found.type === "array" ? `a list of ${found.itemType}` : found.type;
  return malformed(`GGUF: ${quoted(key)} is ${type}, it must be ${wanted}`, { key, type });
}

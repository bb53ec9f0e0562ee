import { PalaverError } from "@palaver/core";
import type { ByteWriter } from "./byte-writer.ts";
import { GGUF_ARRAYS, GGUF_VALUE_CODES, type GgufNumberType, type GgufValue } from "./gguf-value.ts";
import { quoted } from "./malformed.ts";

/** Writes a value with its type before it. @throws ERR_INVALID_ARGUMENT for a number beyond its type */
export function writeGgufValue(writer: ByteWriter, key: string, value: GgufValue): void {
  writer.uint32(GGUF_VALUE_CODES[value.type]);
  if (value.type === "string") writer.string(value.value);
  else if (value.type === "bool") writer.uint8(Number(value.value));
  else if (value.type === "array") writeArray(writer, value);
  else writeNumber(writer, value.type, checkedNumber(key, value));
}

// --- internal ---

function writeArray(writer: ByteWriter, array: Extract<GgufValue, { type: "array" }>): void {
  writer.uint32(GGUF_VALUE_CODES[array.itemType]);
  writer.uint64(BigInt(array.value.length));
  if (array.itemType === "string") for (const item of array.value) writer.string(item);
  else if (array.itemType === "bool") for (const item of array.value) writer.uint8(Number(item));
  else writer.bytes(new Uint8Array(array.value.buffer, array.value.byteOffset, array.value.byteLength));
}

function checkedNumber(key: string, { type, value }: Extract<GgufValue, { value: number | bigint }>): number | bigint {
  // Integer arrays wrap what they cannot hold, so a number that comes back is one that fits; floats are rounded.
  const held = type === "uint64" || type === "int64" ? GGUF_ARRAYS[type].of(BigInt(value))[0] : wrapped(type, value);
  if (held !== value && type !== "float32" && type !== "float64") {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `GGUF: ${quoted(key)} is ${value}, which is no ${type}`);
  }
  return value;
}

function wrapped(type: Exclude<GgufNumberType, "uint64" | "int64">, value: number | bigint): number | undefined {
  return GGUF_ARRAYS[type].of(Number(value))[0];
}

function writeNumber(writer: ByteWriter, type: GgufNumberType, value: number | bigint): void {
  if (type === "uint64" || type === "int64") writer[type](BigInt(value));
  else writer[type](Number(value));
}

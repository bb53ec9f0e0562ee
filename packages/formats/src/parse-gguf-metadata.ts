import { PalaverError } from "@palaver/core";
import type { ByteCursor } from "./byte-cursor.ts";
import { GGUF_ARRAYS, GGUF_VALUE_CODES, type GgufNumberType, type GgufValue } from "./gguf-value.ts";
import { malformed, quoted } from "./malformed.ts";

// Real files have some dozens.
const MAX_METADATA_ENTRIES = 2 ** 16;

// The format's own limit.
const MAX_KEY_BYTES = 2 ** 16 - 1;

// Chat templates, the longest strings of real files, stay below 100 kB; other readers allow 10 to 16 MB.
const MAX_STRING_BYTES = 2 ** 24;

// In all arrays together: the largest vocabularies have 262,144 tokens with score and type, and 600,000 merges, 1.4 million
// in all. At this many, all of them strings, a hostile file costs three quarters of a second.
const MAX_ARRAY_ITEMS = 2 ** 21;

// Length of a key (8), type (4), a value of one byte.
const MIN_ENTRY_BYTES = 13;

/** Reads `count` key-value pairs. @throws ERR_FORMAT, ERR_UNSUPPORTED, ERR_LIMIT, ERR_IO */
export async function parseGgufMetadata(cursor: ByteCursor, count: number): Promise<Map<string, GgufValue>> {
  if (count > MAX_METADATA_ENTRIES) {
    throw new PalaverError("ERR_LIMIT", `GGUF: ${count} metadata entries, at most ${MAX_METADATA_ENTRIES} are read`);
  }
  if (count * MIN_ENTRY_BYTES > cursor.left) {
    throw malformed(`GGUF: ${cursor.left} bytes cannot hold ${count} metadata entries`, { offset: cursor.offset });
  }
  const metadata = new Map<string, GgufValue>();
  const budget = { items: MAX_ARRAY_ITEMS };
  for (let index = 0; index < count; index++) {
    const { offset } = cursor;
    const key = await readString(cursor, MAX_KEY_BYTES);
    if (metadata.has(key)) throw malformed(`GGUF: the key ${quoted(key)} is there twice`, { offset });
    metadata.set(key, await readValue(cursor, key, budget));
  }
  return metadata;
}

/** Reads a string with its length before it. @throws ERR_FORMAT, ERR_LIMIT, ERR_IO */
export async function readString(cursor: ByteCursor, maxBytes: number): Promise<string> {
  if (!cursor.has(8)) await cursor.fill(8);
  const length = stringLength(cursor, maxBytes);
  if (!cursor.has(length)) await cursor.fill(length);
  return cursor.text(length);
}

// --- internal ---

type ValueType = keyof typeof GGUF_VALUE_CODES;

/** What the arrays that follow may still hold. */
interface Budget {
  items: number;
}

const TYPES_BY_CODE = new Map(Object.entries(GGUF_VALUE_CODES).map(([type, code]) => [code, type as ValueType]));

function stringLength(cursor: ByteCursor, maxBytes: number): number {
  const { offset } = cursor;
  const length = cursor.size();
  if (length > cursor.left) throw malformed(`GGUF: the string at ${offset} has ${length} bytes, beyond the file's end`);
  if (length > maxBytes) {
    throw new PalaverError("ERR_LIMIT", `GGUF: the string at ${offset} has ${length} bytes, at most ${maxBytes}`);
  }
  return length;
}

async function readType(cursor: ByteCursor, key: string): Promise<ValueType> {
  if (!cursor.has(4)) await cursor.fill(4);
  const { offset } = cursor;
  const code = cursor.uint32();
  const type = TYPES_BY_CODE.get(code);
  if (type === undefined) throw malformed(`GGUF: ${quoted(key)} has the unknown type ${code}`, { key, offset });
  return type;
}

async function readValue(cursor: ByteCursor, key: string, budget: Budget): Promise<GgufValue> {
  const type = await readType(cursor, key);
  if (type === "string") return { type, value: await readString(cursor, MAX_STRING_BYTES) };
  if (type === "array") return readArray(cursor, key, budget);
  const width = type === "bool" ? 1 : GGUF_ARRAYS[type].BYTES_PER_ELEMENT;
  if (!cursor.has(width)) await cursor.fill(width);
  if (type === "bool") return { type, value: boolean(cursor.uint8(), key) };
  if (type === "uint64" || type === "int64") return { type, value: cursor[type]() };
  return { type, value: cursor[type]() };
}

async function readArray(cursor: ByteCursor, key: string, budget: Budget): Promise<GgufValue> {
  const itemType = await readType(cursor, key);
  if (itemType === "array") {
    throw new PalaverError("ERR_UNSUPPORTED", `GGUF: ${quoted(key)} is an array of arrays, which no model needs`);
  }
  if (!cursor.has(8)) await cursor.fill(8);
  const count = cursor.size();
  const minItemBytes = itemType === "string" ? 8 : itemType === "bool" ? 1 : GGUF_ARRAYS[itemType].BYTES_PER_ELEMENT;
  if (count * minItemBytes > cursor.left) {
    throw malformed(`GGUF: ${quoted(key)} claims ${count} items, the file has ${cursor.left} bytes left`, { key });
  }
  if (count > budget.items) {
    throw new PalaverError("ERR_LIMIT", `GGUF: ${quoted(key)} has ${count} items; all arrays: ${MAX_ARRAY_ITEMS}`);
  }
  budget.items -= count;
  if (itemType === "string") return { type: "array", itemType, value: await readStrings(cursor, count) };
  const bytes = count * minItemBytes;
  if (!cursor.has(bytes)) await cursor.fill(bytes);
  if (itemType !== "bool") return numberArray(itemType, cursor.bytes(bytes));
  return { type: "array", itemType, value: Array.from(cursor.bytes(bytes), (byte) => boolean(byte, key)) };
}

async function readStrings(cursor: ByteCursor, count: number): Promise<string[]> {
  const strings: string[] = [];
  for (let index = 0; index < count; index++) {
    if (!cursor.has(8)) await cursor.fill(8);
    const length = stringLength(cursor, MAX_STRING_BYTES);
    if (!cursor.has(length)) await cursor.fill(length);
    strings.push(cursor.text(length));
  }
  return strings;
}

// Copied: the bytes need not be aligned, and the chunk that they lie in should not live as long as the metadata.
function numberArray(itemType: GgufNumberType, bytes: Uint8Array): GgufValue {
  const value = new GGUF_ARRAYS[itemType](new Uint8Array(bytes).buffer);
  // The class is the one of the item type, which a union of types cannot express.
  return { type: "array", itemType, value } as GgufValue;
}

function boolean(byte: number, key: string): boolean {
  if (byte > 1) throw malformed(`GGUF: ${quoted(key)} has the boolean ${byte}`, { key });
  return byte === 1;
}

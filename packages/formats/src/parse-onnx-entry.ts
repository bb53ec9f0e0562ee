import { malformed, quoted } from "./malformed.ts";
import { ENTRY } from "./onnx-fields.ts";
import type { ProtoReader } from "./proto-reader.ts";

/** Reads one `StringStringEntryProto` into `entries`. @throws ERR_FORMAT for a key that is already there */
export function parseEntry(reader: ProtoReader, entries: Map<string, string>, owner: string): void {
  let key = "";
  let value = "";
  while (reader.next()) {
    if (reader.field === ENTRY.key) key = reader.once().string();
    else if (reader.field === ENTRY.value) value = reader.once().string();
    else reader.skip();
  }
  if (entries.has(key)) throw malformed(`ONNX: ${owner} has the key ${quoted(key)} twice`);
  entries.set(key, value);
}

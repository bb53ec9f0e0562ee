import { type ByteSink, PalaverError } from "@palaver/core";
import { quoted } from "./malformed.ts";
import { type SafetensorsTensor, safetensorsByteLength } from "./parse-safetensors.ts";
import { SAFETENSORS_BITS, type SafetensorsType } from "./safetensors-type.ts";
import { checkLength, type TensorBytes, writeTensorBytes } from "./tensor-bytes.ts";

// The header is padded to it, so that the first tensor is aligned for every type.
const ALIGNMENT = 8;

/** Type and shape of a tensor that is to be written. */
export interface SafetensorsEntry {
  readonly type: SafetensorsType;
  /** Row-major, outermost dimension first. */
  readonly shape: readonly number[];
}

/** What a safetensors file is to hold; `Bytes` is how the tensors' bytes come. */
export interface SafetensorsContent<Bytes extends TensorBytes = TensorBytes> {
  readonly tensors: ReadonlyMap<string, SafetensorsEntry & { readonly bytes: Bytes }>;
  /** The file's `__metadata__`. Default: none. */
  readonly metadata?: ReadonlyMap<string, string>;
}

/** A header and the places that it gives the tensors. */
export interface SafetensorsHeader {
  /** The file's beginning: the length, the JSON, the padding. */
  readonly bytes: Uint8Array;
  /** In file order: wider types first, so that each is aligned; equally wide ones in the order given. */
  readonly tensors: ReadonlyMap<string, SafetensorsTensor>;
  /** Bytes of the whole file. */
  readonly fileBytes: number;
}

/**
 * Lays out a safetensors file: the header's bytes, and where each tensor's bytes have to follow.
 * @throws ERR_INVALID_ARGUMENT for an impossible shape, or for names that JSON in UTF-8 cannot hold
 */
export function encodeSafetensorsHeader(
  tensors: ReadonlyMap<string, SafetensorsEntry>,
  metadata: ReadonlyMap<string, string> = new Map(),
): SafetensorsHeader {
  const inOrder = [...tensors].sort(([, a], [, b]) => SAFETENSORS_BITS[b.type] - SAFETENSORS_BITS[a.type]);
  const members: string[] = [];
  if (metadata.size > 0) {
    const pairs = [...metadata].map(([key, value]) => `${stringLiteral(key)}:${stringLiteral(value)}`);
    members.push(`"__metadata__":{${pairs.join(",")}}`);
  }
  let end = 0;
  const placed = inOrder.map(([name, { type, shape }]): [string, SafetensorsTensor] => {
    const byteLength = safetensorsByteLength(type, shape);
    if (byteLength === undefined || name === "__metadata__") {
      throw new PalaverError("ERR_INVALID_ARGUMENT", `${quoted(name)} cannot be a tensor of ${type}, shape [${shape}]`);
    }
    const offset = end;
    end += byteLength;
    members.push(`${stringLiteral(name)}:{"dtype":"${type}","shape":[${shape}],"data_offsets":[${offset},${end}]}`);
    return [name, { type, shape, offset, byteLength }];
  });
  const json = new TextEncoder().encode(`{${members.join(",")}}`);
  const dataOffset = 8 + Math.ceil(json.byteLength / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(dataOffset).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(dataOffset - 8), true);
  bytes.set(json, 8);
  return {
    bytes,
    tensors: new Map(placed.map(([name, tensor]) => [name, { ...tensor, offset: dataOffset + tensor.offset }])),
    fileBytes: dataOffset + end,
  };
}

/** A whole safetensors file in memory. @throws ERR_INVALID_ARGUMENT */
export function encodeSafetensors(content: SafetensorsContent<Uint8Array>): Uint8Array {
  const header = encodeSafetensorsHeader(content.tensors, content.metadata);
  const file = new Uint8Array(header.fileBytes);
  file.set(header.bytes);
  for (const [name, { offset, byteLength }] of header.tensors) {
    const { bytes } = content.tensors.get(name)!;
    checkLength(name, bytes.byteLength, byteLength);
    file.set(bytes, offset);
  }
  return file;
}

/** Writes a safetensors file in order, asking for each tensor's bytes when their turn comes. @throws ERR_INVALID_ARGUMENT */
export async function writeSafetensors(sink: ByteSink, content: SafetensorsContent): Promise<void> {
  const header = encodeSafetensorsHeader(content.tensors, content.metadata);
  await sink.write(header.bytes);
  for (const [name, { byteLength }] of header.tensors) {
    await writeTensorBytes(sink, name, { bytes: content.tensors.get(name)!.bytes, byteLength });
  }
}

// --- internal ---

function stringLiteral(text: string): string {
  if (/\p{Surrogate}/u.test(text)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `the string ${quoted(text)} has a lone surrogate`);
  }
  return JSON.stringify(text);
}

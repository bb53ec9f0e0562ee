import { type ByteSink, PalaverError } from "@palaver/core";
import { ByteWriter } from "./byte-writer.ts";
import { GGML_TYPES, type GgmlType, ggmlByteLength } from "./ggml-type.ts";
import { alignedTo, GGUF_DEFAULT_ALIGNMENT, GGUF_MAGIC, GGUF_MAX_DIMENSIONS, isAlignment } from "./gguf-layout.ts";
import type { GgufMetadata } from "./gguf-value.ts";
import { quoted } from "./malformed.ts";
import type { GgufTensor } from "./parse-gguf.ts";
import { checkLength, type TensorBytes, writeTensorBytes } from "./tensor-bytes.ts";
import { writeGgufValue } from "./write-gguf-value.ts";

/** Type and shape of a tensor that is to be written. */
export interface GgufEntry {
  readonly type: GgmlType;
  /** Row-major, outermost dimension first. */
  readonly shape: readonly number[];
}

/** What a GGUF file is to hold; `Bytes` is how the tensors' bytes come. */
export interface GgufContent<Bytes extends TensorBytes = TensorBytes> {
  /** `general.alignment` in it is obeyed. Default: none. */
  readonly metadata?: GgufMetadata;
  /** Written in this order. Default: none. */
  readonly tensors?: ReadonlyMap<string, GgufEntry & { readonly bytes: Bytes }>;
}

/** A header and the places that it gives the tensors. */
export interface GgufHeader {
  /** The file's beginning, padded up to the first tensor. */
  readonly bytes: Uint8Array;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  /** Bytes of the whole file; the last tensor is padded to the alignment as well. */
  readonly fileBytes: number;
}

/**
 * Lays out a GGUF file of version 3: the header's bytes, and where each tensor's bytes have to lie.
 * @throws ERR_INVALID_ARGUMENT for a shape that does not suit its type, a number beyond its type, a wrong alignment
 */
export function encodeGgufHeader(
  tensors: ReadonlyMap<string, GgufEntry>,
  metadata: GgufMetadata = new Map(),
): GgufHeader {
  const alignment = alignmentOf(metadata);
  const writer = new ByteWriter();
  writer.uint32(GGUF_MAGIC);
  writer.uint32(3);
  writer.uint64(BigInt(tensors.size));
  writer.uint64(BigInt(metadata.size));
  for (const [key, value] of metadata) {
    writer.string(key);
    writeGgufValue(writer, key, value);
  }
  const placed = new Map<string, GgufTensor>();
  let end = 0;
  for (const [name, { type, shape }] of tensors) {
    const byteLength = ggmlByteLength(type, shape);
    if (byteLength === undefined || shape.length > GGUF_MAX_DIMENSIONS) {
      throw new PalaverError("ERR_INVALID_ARGUMENT", `GGUF: ${quoted(name)} cannot be ${type} of shape [${shape}]`);
    }
    const offset = alignedTo(alignment, end);
    end = offset + byteLength;
    placed.set(name, { type, shape, offset, byteLength });
    writer.string(name);
    writer.uint32(shape.length);
    // The file has the innermost dimension first.
    for (const dimension of shape.toReversed()) writer.uint64(BigInt(dimension));
    writer.uint32(GGML_TYPES[type].code);
    writer.uint64(BigInt(offset));
  }
  writer.pad(alignment);
  const bytes = writer.finish();
  return {
    bytes,
    tensors: new Map(
      [...placed].map(([name, tensor]) => [name, { ...tensor, offset: bytes.byteLength + tensor.offset }]),
    ),
    // ggml's own reader takes the padding of the last tensor for granted.
    fileBytes: bytes.byteLength + alignedTo(alignment, end),
  };
}

/** A whole GGUF file in memory. @throws ERR_INVALID_ARGUMENT */
export function encodeGguf(content: GgufContent<Uint8Array>): Uint8Array {
  const { metadata, tensors = new Map() } = content;
  const header = encodeGgufHeader(tensors, metadata);
  const file = new Uint8Array(header.fileBytes);
  file.set(header.bytes);
  for (const [name, { offset, byteLength }] of header.tensors) {
    const { bytes } = tensors.get(name)!;
    checkLength(name, bytes.byteLength, byteLength);
    file.set(bytes, offset);
  }
  return file;
}

/** Writes a GGUF file in order, asking for each tensor's bytes when their turn comes. @throws ERR_INVALID_ARGUMENT */
export async function writeGguf(sink: ByteSink, content: GgufContent): Promise<void> {
  const { metadata, tensors = new Map() } = content;
  const header = encodeGgufHeader(tensors, metadata);
  await sink.write(header.bytes);
  let end = header.bytes.byteLength;
  for (const [name, { offset, byteLength }] of header.tensors) {
    if (offset > end) await sink.write(new Uint8Array(offset - end));
    await writeTensorBytes(sink, name, { bytes: tensors.get(name)!.bytes, byteLength });
    end = offset + byteLength;
  }
  if (header.fileBytes > end) await sink.write(new Uint8Array(header.fileBytes - end));
}

// --- internal ---

function alignmentOf(metadata: GgufMetadata): number {
  const found = metadata.get("general.alignment");
  if (found === undefined) return GGUF_DEFAULT_ALIGNMENT;
  if (found.type === "uint32" && isAlignment(found.value)) return found.value;
  throw new PalaverError("ERR_INVALID_ARGUMENT", "GGUF: general.alignment must be a uint32, a power of two");
}

/**
 * Reads GGUF files, versions 2 and 3, little-endian (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
 * Only the header is read; every count and length is held against the bytes that are left before anything is allocated.
 */

import { type ByteSource, PalaverError } from "@palaver/core";
import { ByteCursor } from "./byte-cursor.ts";
import { type GgmlType, ggmlByteLength, ggmlTypeOf } from "./ggml-type.ts";
import {
  alignedTo,
  GGUF_DEFAULT_ALIGNMENT,
  GGUF_MAGIC,
  GGUF_MAX_DIMENSIONS,
  GGUF_MIN_TENSOR_INFO_BYTES,
  isAlignment,
} from "./gguf-layout.ts";
import type { GgufMetadata } from "./gguf-value.ts";
import { malformed, quoted } from "./malformed.ts";
import { parseGgufMetadata, readString } from "./parse-gguf-metadata.ts";

// Metadata with a vocabulary of 262,144 tokens and its merges takes about 20 MB.
const MAX_HEADER_BYTES = 2 ** 27;

// The largest published models have some thousand tensors.
const MAX_TENSORS = 2 ** 16;

// The format says 64; writers of other projects go beyond.
const MAX_TENSOR_NAME_BYTES = 1024;

/** A tensor of a GGUF file. */
export interface GgufTensor {
  readonly type: GgmlType;
  /** Row-major, outermost dimension first: the reverse of the file's order. */
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly byteLength: number;
}

/** The header of a GGUF file. */
export interface GgufFile {
  readonly version: 2 | 3;
  /** Bytes; tensors start at multiples of it, counted from the start of the data. */
  readonly alignment: number;
  readonly metadata: GgufMetadata;
  /** By name, in file order. */
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

/**
 * Reads the header of a GGUF file and checks that every tensor lies inside the file, aligned, and apart from the others.
 * @throws ERR_FORMAT, ERR_UNSUPPORTED (version 1, big-endian, nested arrays, unknown tensor types), ERR_LIMIT, ERR_IO
 */
export async function parseGguf(source: ByteSource): Promise<GgufFile> {
  const cursor = new ByteCursor(source, MAX_HEADER_BYTES);
  await cursor.fill(24);
  if (cursor.uint32() !== GGUF_MAGIC) throw malformed("GGUF: the file does not begin with GGUF", { offset: 0 });
  const version = checkedVersion(cursor.uint32());
  const tensorCount = cursor.size();
  const metadataCount = cursor.size();
  if (tensorCount > MAX_TENSORS) {
    throw new PalaverError(
      "ERR_LIMIT",
      `GGUF: the file claims ${tensorCount} tensors, at most ${MAX_TENSORS} are read`,
    );
  }
  const metadata = await parseGgufMetadata(cursor, metadataCount);
  const alignment = alignmentOf(metadata);
  if (tensorCount * GGUF_MIN_TENSOR_INFO_BYTES > cursor.left) {
    throw malformed(`GGUF: ${cursor.left} bytes cannot describe ${tensorCount} tensors`, { offset: cursor.offset });
  }
  const infos = new Map<string, GgufTensor>();
  for (let index = 0; index < tensorCount; index++) {
    const name = await readString(cursor, MAX_TENSOR_NAME_BYTES);
    if (infos.has(name)) throw malformed(`GGUF: the tensor ${quoted(name)} is there twice`, { offset: cursor.offset });
    infos.set(name, await readTensorInfo(cursor, name));
  }
  // A file without tensors may end before the padding.
  const dataOffset = alignedTo(alignment, cursor.offset);
  const tensors = new Map(
    [...infos].map(([name, tensor]) => [name, { ...tensor, offset: dataOffset + tensor.offset }]),
  );
  checkLayout(tensors, dataOffset, alignment, source.size);
  return { version, alignment, metadata, tensors };
}

// --- internal ---

function checkedVersion(version: number): 2 | 3 {
  if (version === 2 || version === 3) return version;
  // The bytes of a small version number, swapped.
  const reason = version !== 0 && version % 2 ** 24 === 0 ? "big-endian" : `version ${version}`;
  throw new PalaverError("ERR_UNSUPPORTED", `GGUF: the file is ${reason}; versions 2 and 3, little-endian, are read`, {
    details: { version },
  });
}

function alignmentOf(metadata: GgufMetadata): number {
  const found = metadata.get("general.alignment");
  if (found === undefined) return GGUF_DEFAULT_ALIGNMENT;
  if (found.type !== "uint32") throw malformed("GGUF: general.alignment is no uint32");
  if (!isAlignment(found.value)) {
    throw malformed(`GGUF: general.alignment is ${found.value}, it must be a power of two`);
  }
  return found.value;
}

// The offset is still relative to the start of the data.
async function readTensorInfo(cursor: ByteCursor, name: string): Promise<GgufTensor> {
  if (!cursor.has(4)) await cursor.fill(4);
  const dimensions = cursor.uint32();
  if (dimensions > GGUF_MAX_DIMENSIONS) {
    throw malformed(`GGUF: the tensor ${quoted(name)} has ${dimensions} dimensions, at most ${GGUF_MAX_DIMENSIONS}`);
  }
  const rest = 8 * dimensions + 12;
  if (!cursor.has(rest)) await cursor.fill(rest);
  const shape: number[] = [];
  for (let index = 0; index < dimensions; index++) shape.unshift(cursor.size());
  const code = cursor.uint32();
  const type = ggmlTypeOf(code);
  if (type === undefined) {
    throw new PalaverError("ERR_UNSUPPORTED", `GGUF: the tensor ${quoted(name)} has the unknown type ${code}`, {
      details: { tensor: name, code },
    });
  }
  const byteLength = ggmlByteLength(type, shape);
  if (byteLength === undefined) {
    throw malformed(`GGUF: the tensor ${quoted(name)} cannot be ${type} of shape [${shape}]`, { tensor: name });
  }
  return { type, shape, offset: cursor.size(), byteLength };
}

function checkLayout(
  tensors: ReadonlyMap<string, GgufTensor>,
  dataOffset: number,
  alignment: number,
  fileSize: number,
): void {
  const inOrder = [...tensors].sort(([, a], [, b]) => a.offset - b.offset || a.byteLength - b.byteLength);
  let end = dataOffset;
  for (const [name, { offset, byteLength }] of inOrder) {
    const owner = `GGUF: the tensor ${quoted(name)} of ${byteLength} bytes at ${offset}`;
    if (!(byteLength <= fileSize - offset))
      throw malformed(`${owner} passes the file's end at ${fileSize}`, { offset });
    if ((offset - dataOffset) % alignment !== 0) throw malformed(`${owner} is not aligned to ${alignment}`, { offset });
    if (offset < end) throw malformed(`${owner} overlaps the one before it, which ends at ${end}`, { offset });
    end = offset + byteLength;
  }
}

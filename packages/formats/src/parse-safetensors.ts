/**
 * Reads safetensors files (https://github.com/huggingface/safetensors#format): eight bytes with the header's length, the
 * header as JSON, then the tensors, which cover the rest of the file without holes or overlaps.
 */

import { type ByteSource, PalaverError } from "@palaver/core";
import { elementCount } from "./element-count.ts";
import { JsonScanner } from "./json-scanner.ts";
import { malformed, quoted } from "./malformed.ts";
import { readRange } from "./read-tensor.ts";
import { isSafetensorsType, SAFETENSORS_BITS, type SafetensorsType } from "./safetensors-type.ts";

// The reference reader's limit.
const MAX_HEADER_BYTES = 100_000_000;

// PyTorch's own limit.
const MAX_DIMENSIONS = 64;

/** A tensor of a safetensors file. */
export interface SafetensorsTensor {
  readonly type: SafetensorsType;
  /** Row-major, outermost dimension first. */
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly byteLength: number;
}

/** The header of a safetensors file. */
export interface SafetensorsFile {
  /** By name, in the header's order. */
  readonly tensors: ReadonlyMap<string, SafetensorsTensor>;
  /** The header's `__metadata__`. */
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Reads the header of a safetensors file and checks that its tensors cover the rest of the file exactly.
 * @throws ERR_FORMAT, ERR_UNSUPPORTED (an element type that is not in the format's list), ERR_LIMIT, ERR_IO
 */
export async function parseSafetensors(source: ByteSource): Promise<SafetensorsFile> {
  const prefix = await readRange(source, 0, 8);
  const view = new DataView(prefix.buffer, prefix.byteOffset, 8);
  const headerBytes = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
  if (headerBytes > source.size - 8) {
    throw malformed(`safetensors: the header has ${headerBytes} bytes, the file ${source.size}`, { offset: 0 });
  }
  if (headerBytes > MAX_HEADER_BYTES) {
    throw new PalaverError(
      "ERR_LIMIT",
      `safetensors: the header has ${headerBytes} bytes, at most ${MAX_HEADER_BYTES}`,
    );
  }
  const text = decoded(await readRange(source, 8, headerBytes));
  if (!text.startsWith("{")) throw malformed('safetensors: the header does not begin with "{"', { offset: 8 });
  const file = parseHeader(text, 8 + headerBytes);
  checkLayout(file.tensors, 8 + headerBytes, source.size);
  return file;
}

// --- internal ---

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed("safetensors: the header is not UTF-8", { offset: 8 });
  }
}

function parseHeader(text: string, dataOffset: number): SafetensorsFile {
  const scanner = new JsonScanner(text, "safetensors: the header");
  const tensors = new Map<string, SafetensorsTensor>();
  const metadata = new Map<string, string>();
  scanner.object((name) => {
    if (name === "__metadata__") {
      scanner.object((key) => metadata.set(key, scanner.string()));
      return;
    }
    tensors.set(name, parseTensor(scanner, name, dataOffset));
  });
  scanner.end();
  return { tensors, metadata };
}

function parseTensor(scanner: JsonScanner, name: string, dataOffset: number): SafetensorsTensor {
  let type: string | undefined;
  let shape: number[] | undefined;
  let range: number[] | undefined;
  scanner.object((key) => {
    if (key === "dtype") type = scanner.string();
    else if (key === "shape") shape = integers(scanner, MAX_DIMENSIONS);
    else if (key === "data_offsets") range = integers(scanner, 2);
    // The reference passes over what it does not know, so a later version of the format may add fields.
    else scanner.skip();
  });
  const [start, end] = range ?? [];
  if (type === undefined || shape === undefined || start === undefined || end === undefined) {
    throw malformed(`safetensors: the tensor ${quoted(name)} needs dtype, shape and two data_offsets`, {
      tensor: name,
    });
  }
  if (!isSafetensorsType(type)) {
    throw new PalaverError("ERR_UNSUPPORTED", `safetensors: the tensor ${quoted(name)} is of type ${quoted(type)}`);
  }
  const byteLength = safetensorsByteLength(type, shape);
  if (byteLength !== end - start) {
    throw malformed(
      `safetensors: the tensor ${quoted(name)} has bytes ${start} to ${end}, which do not fit ${type} of shape [${shape}]`,
      { tensor: name },
    );
  }
  return { type, shape, offset: dataOffset + start, byteLength };
}

/** Bytes of a tensor; undefined where the shape is impossible or does not fill whole bytes. */
export function safetensorsByteLength(type: SafetensorsType, shape: readonly number[]): number | undefined {
  const bytes = ((elementCount(shape) ?? Number.NaN) * SAFETENSORS_BITS[type]) / 8;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

function integers(scanner: JsonScanner, maxLength: number): number[] {
  const list: number[] = [];
  scanner.array(() => {
    if (list.length === maxLength) throw scanner.error(`more than ${maxLength} numbers in a list`);
    list.push(scanner.integer());
  });
  return list;
}

function checkLayout(tensors: ReadonlyMap<string, SafetensorsTensor>, dataOffset: number, fileSize: number): void {
  const inOrder = [...tensors].sort(([, a], [, b]) => a.offset - b.offset || a.byteLength - b.byteLength);
  let end = dataOffset;
  for (const [name, { offset, byteLength }] of inOrder) {
    if (offset !== end) {
      throw malformed(`safetensors: the tensor ${quoted(name)} starts at ${offset}, the one before it ends at ${end}`, {
        tensor: name,
        offset,
      });
    }
    end = offset + byteLength;
  }
  if (end !== fileSize) {
    throw malformed(`safetensors: the tensors end at ${end}, the file has ${fileSize} bytes`, { offset: end });
  }
}

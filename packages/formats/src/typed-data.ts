/**
 * Tensor data in `TensorProto`'s typed fields (`float_data`, `int32_data` and so on) instead of raw bytes. Fixed-width
 * elements are a view where they lie in one piece; varints are checked and written out as little-endian bytes.
 */

import type { TensorType } from "@palaver/core";
import { malformed } from "./malformed.ts";
import { TENSOR, TENSOR_TYPE_BYTES } from "./onnx-fields.ts";
import type { ProtoReader } from "./proto-reader.ts";
import { FIXED32, FIXED64, VARINT } from "./proto-writer.ts";

// Of 64 bits, seven in each byte.
const MAX_VARINT_BYTES = 10;

/** Where a tensor's typed elements lie: the field (0 for none) and start, end, start, end and so on. */
export interface TypedData {
  field: number;
  readonly spans: number[];
}

/** Wire type of one element of this typed field. */
export function typedFieldWire(field: number): typeof VARINT | typeof FIXED32 | typeof FIXED64 {
  if (field === TENSOR.floats) return FIXED32;
  return field === TENSOR.doubles ? FIXED64 : VARINT;
}

/**
 * Holds the elements against the type and the size of their tensor without reading them: whether each integer is whole and
 * fits is seen by whoever converts it. @throws ERR_FORMAT
 */
export function checkTypedData({ field, spans }: TypedData, type: TensorType, byteLength: number): void {
  if (field !== TYPED_FIELDS[type]) throw malformed(`ONNX: a tensor of ${type} has its data in field ${field}`);
  const present = spanBytes(spans);
  if (isFixedWidth(field)) {
    if (present === byteLength) return;
    throw malformed(`ONNX: a tensor has ${present} bytes of typed data, its shape needs ${byteLength}`);
  }
  const count = byteLength / TENSOR_TYPE_BYTES[type];
  if (count <= present && present <= count * MAX_VARINT_BYTES) return;
  throw malformed(`ONNX: ${present} bytes cannot hold ${count} integers`);
}

/** The elements as the bytes that `raw_data` would hold; each integer counts as a field. @throws ERR_FORMAT, ERR_LIMIT */
export function typedBytes(data: TypedData, reader: ProtoReader, type: TensorType, byteLength: number): Uint8Array {
  // A shape that claims more than there is, or costs too much, is refused before anything is allocated.
  checkTypedData(data, type, byteLength);
  if (isFixedWidth(data.field)) return joined(data.spans, reader);
  reader.spend(byteLength / TENSOR_TYPE_BYTES[type]);
  return converted(data.spans, reader, type, byteLength);
}

// --- internal ---

// The comments on each field in onnx.proto3 say which types it holds.
const TYPED_FIELDS: Readonly<Record<TensorType, number>> = {
  float32: TENSOR.floats,
  float64: TENSOR.doubles,
  int64: TENSOR.int64s,
  uint32: TENSOR.uint64s,
  uint64: TENSOR.uint64s,
  int32: TENSOR.int32s,
  int16: TENSOR.int32s,
  int8: TENSOR.int32s,
  uint16: TENSOR.int32s,
  uint8: TENSOR.int32s,
  bool: TENSOR.int32s,
  float16: TENSOR.int32s,
  bfloat16: TENSOR.int32s,
};

const SIGNED: ReadonlySet<TensorType> = new Set(["int8", "int16", "int32", "int64"]);

function isFixedWidth(field: number): boolean {
  return field === TENSOR.floats || field === TENSOR.doubles;
}

function spanBytes(spans: readonly number[]): number {
  let size = 0;
  for (let index = 0; index < spans.length; index += 2) size += spans[index + 1]! - spans[index]!;
  return size;
}

function joined(spans: readonly number[], reader: ProtoReader): Uint8Array {
  if (spans.length === 2) return reader.slice(spans[0]!, spans[1]!);
  const bytes = new Uint8Array(spanBytes(spans));
  let at = 0;
  for (let index = 0; index < spans.length; index += 2) {
    const part = reader.slice(spans[index]!, spans[index + 1]!);
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

function converted(spans: readonly number[], reader: ProtoReader, type: TensorType, byteLength: number): Uint8Array {
  const width = TENSOR_TYPE_BYTES[type];
  const bytes = new Uint8Array(byteLength);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (let index = 0; index < spans.length; index += 2) {
    const list = reader.range(spans[index]!, spans[index + 1]!);
    for (let value = list.packed(); value !== undefined; value = list.packed()) {
      if (at === byteLength) throw malformed("ONNX: a tensor has more elements than its shape");
      write(view, at, value, type);
      at += width;
    }
  }
  if (at !== byteLength)
    throw malformed(`ONNX: a tensor has ${at / width} elements, its shape needs ${byteLength / width}`);
  return bytes;
}

// Protobuf writes a negative number as 64-bit two's complement, whatever the field's width.
function write(view: DataView, at: number, value: number | bigint, type: TensorType): void {
  const width = TENSOR_TYPE_BYTES[type];
  if (width === 8) {
    if (typeof value === "bigint") view.setBigUint64(at, value, true);
    else {
      view.setUint32(at, value % 2 ** 32, true);
      view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
    }
    return;
  }
  const number = Number(typeof value === "bigint" && SIGNED.has(type) ? BigInt.asIntN(64, value) : value);
  const limit = 2 ** (8 * width - (SIGNED.has(type) ? 1 : 0));
  if (number >= (type === "bool" ? 2 : limit) || number < (SIGNED.has(type) ? -limit : 0)) {
    throw malformed(`ONNX: ${number} does not fit ${type}`);
  }
  if (width === 1) view.setUint8(at, number);
  else if (width === 2) view.setUint16(at, number, true);
  else view.setUint32(at, number, true);
}

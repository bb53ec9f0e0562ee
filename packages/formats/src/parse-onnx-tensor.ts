/** `TensorProto`: a constant, in one of three places: raw bytes, a typed field (converted to bytes), another file. */

import { PalaverError, type TensorType } from "@palaver/core";
import { isContainedPath } from "./contained-path.ts";
import { elementCount } from "./element-count.ts";
import { malformed, quoted } from "./malformed.ts";
import { EXTERNAL_LOCATION, TENSOR, TENSOR_TYPE_BYTES, TENSOR_TYPE_CODES } from "./onnx-fields.ts";
import type { ExternalData, OnnxTensor, OnnxTensorOutline } from "./onnx-model.ts";
import { parseEntry } from "./parse-onnx-entry.ts";
import type { ProtoReader } from "./proto-reader.ts";
import { checkTypedData, type TypedData, typedBytes, typedFieldWire } from "./typed-data.ts";

// No operator of the standard goes near; it keeps error messages and shapes small.
const MAX_DIMENSIONS = 64;

const TYPES_BY_CODE = new Map(Object.entries(TENSOR_TYPE_CODES).map(([type, code]) => [code, type as TensorType]));

/** The element type of this `TensorProto.DataType`. @throws ERR_UNSUPPORTED */
export function tensorType(code: number, owner: string): TensorType {
  const type = TYPES_BY_CODE.get(code);
  if (type === undefined) {
    throw new PalaverError("ERR_UNSUPPORTED", `ONNX: ${owner} has element type ${code}, which is not supported`, {
      details: { code },
    });
  }
  return type;
}

/** Reads one tensor; its data is a view of the file, except where a typed field had to be converted. */
export function parseOnnxTensor(reader: ProtoReader): OnnxTensor {
  const { name, type, shape, byteLength, data } = findTensor(reader);
  return { name, type, shape, data: "spans" in data ? typedBytes(data, reader, type, byteLength) : data };
}

/** Reads one tensor's description, and holds what is there of its data against its size. */
export function parseOnnxTensorOutline(reader: ProtoReader): OnnxTensorOutline {
  const { name, type, shape, data } = findTensor(reader);
  return { name, type, shape, external: "location" in data ? data : undefined };
}

// --- internal ---

/** A tensor whose data is found and not read. */
interface FoundTensor extends Omit<OnnxTensor, "data"> {
  /** Bytes of its elements. */
  readonly byteLength: number;
  /** Raw bytes, elements in a typed field, or a place in another file. */
  readonly data: Uint8Array | TypedData | ExternalData;
}

function findTensor(reader: ProtoReader): FoundTensor {
  const shape: number[] = [];
  const typed: TypedData = { field: 0, spans: [] };
  const external = new Map<string, string>();
  let name = "";
  let code = 0;
  let raw: Uint8Array | undefined;
  let location = 0;
  while (reader.next()) {
    switch (reader.field) {
      case TENSOR.dims:
        reader.ints(shape);
        if (shape.length > MAX_DIMENSIONS) throw malformed(`ONNX: a tensor has more than ${MAX_DIMENSIONS} dimensions`);
        break;
      case TENSOR.type:
        code = reader.once().int();
        break;
      case TENSOR.name:
        name = reader.once().string();
        break;
      case TENSOR.raw:
        raw = reader.once().bytes();
        break;
      case TENSOR.floats:
      case TENSOR.doubles:
      case TENSOR.int32s:
      case TENSOR.int64s:
      case TENSOR.uint64s:
        if (typed.field !== 0 && typed.field !== reader.field) throw malformed("ONNX: a tensor has data of two types");
        typed.field = reader.field;
        typed.spans.push(...reader.numberSpan(typedFieldWire(reader.field)));
        break;
      case TENSOR.external:
        parseEntry(reader.message(), external, "external_data");
        break;
      case TENSOR.location:
        location = reader.once().int();
        break;
      case TENSOR.segment:
      case TENSOR.strings:
        throw new PalaverError("ERR_UNSUPPORTED", "ONNX: tensors of strings and segmented tensors are not supported");
      default:
        reader.skip();
    }
  }
  const owner = `tensor ${quoted(name)}`;
  const type = tensorType(code, owner);
  const byteLength = (elementCount(shape) ?? Number.POSITIVE_INFINITY) * TENSOR_TYPE_BYTES[type];
  if (!Number.isSafeInteger(byteLength)) throw malformed(`ONNX: ${owner} has the impossible shape [${shape}]`);
  const places = Number(raw !== undefined) + Number(typed.field !== 0) + Number(location === EXTERNAL_LOCATION);
  if (places > 1) throw malformed(`ONNX: ${owner} has its data in more than one place`);
  if (typed.field !== 0) {
    checkTypedData(typed, type, byteLength);
    return { name, type, shape, byteLength, data: typed };
  }
  const data = location === EXTERNAL_LOCATION ? externalData(external, byteLength, owner) : (raw ?? new Uint8Array(0));
  const present = data instanceof Uint8Array ? data.byteLength : data.length;
  if (present !== byteLength) {
    throw malformed(`ONNX: ${owner} has ${present} bytes, ${type} of shape [${shape}] needs ${byteLength}`);
  }
  return { name, type, shape, byteLength, data };
}

// `location` is needed, `offset` and `length` are not (https://onnx.ai/onnx/repo-docs/ExternalData.html).
function externalData(entries: ReadonlyMap<string, string>, byteLength: number, owner: string): ExternalData {
  const location = entries.get("location");
  if (location === undefined) throw malformed(`ONNX: ${owner} is external and names no location`);
  if (!isContainedPath(location)) {
    throw malformed(`ONNX: ${owner} lies at ${quoted(location)}, which is no plain path beside the model`);
  }
  const offset = decimal(entries.get("offset") ?? "0", owner);
  const length = decimal(entries.get("length") ?? String(byteLength), owner);
  if (!Number.isSafeInteger(offset + length)) throw malformed(`ONNX: ${owner} ends beyond any file`);
  return { location, offset, length };
}

function decimal(text: string, owner: string): number {
  if (!/^[0-9]{1,16}$/.test(text)) throw malformed(`ONNX: ${owner} has the offset or length ${quoted(text)}`);
  return Number(text);
}

import { PalaverError } from "@palaver/core";
import { malformed, quoted } from "./malformed.ts";
import { DIMENSION, SHAPE, TENSOR_TYPE, TYPE, VALUE } from "./onnx-fields.ts";
import type { OnnxValue } from "./onnx-model.ts";
import { tensorType } from "./parse-onnx-tensor.ts";
import type { ProtoReader } from "./proto-reader.ts";

/** Reads one `ValueInfoProto`. @throws ERR_UNSUPPORTED for a value that is no tensor, or whose rank is not said */
export function parseOnnxValue(reader: ProtoReader): OnnxValue {
  let name = "";
  let found: TypeAndShape | undefined;
  while (reader.next()) {
    if (reader.field === VALUE.name) name = reader.once().string();
    else if (reader.field === VALUE.type) found = parseType(reader.once().message());
    else reader.skip();
  }
  if (found?.shape === undefined) {
    throw new PalaverError("ERR_UNSUPPORTED", `ONNX: the value ${quoted(name)} is no tensor of known type and rank`, {
      details: { value: name },
    });
  }
  return { name, type: tensorType(found.code, `value ${quoted(name)}`), shape: found.shape };
}

// --- internal ---

interface TypeAndShape {
  readonly code: number;
  readonly shape: (number | string)[] | undefined;
}

function parseType(reader: ProtoReader): TypeAndShape | undefined {
  let found: TypeAndShape | undefined;
  while (reader.next()) {
    if (reader.field === TYPE.tensor) found = parseTensorType(reader.once().message());
    else reader.skip();
  }
  return found;
}

function parseTensorType(reader: ProtoReader): TypeAndShape {
  let code = 0;
  let shape: (number | string)[] | undefined;
  while (reader.next()) {
    if (reader.field === TENSOR_TYPE.element) code = reader.once().int();
    else if (reader.field === TENSOR_TYPE.shape) shape = parseShape(reader.once().message());
    else reader.skip();
  }
  return { code, shape };
}

function parseShape(reader: ProtoReader): (number | string)[] {
  const shape: (number | string)[] = [];
  while (reader.next()) {
    if (reader.field === SHAPE.dimension) shape.push(parseDimension(reader.message()));
    else reader.skip();
  }
  return shape;
}

function parseDimension(reader: ProtoReader): number | string {
  let dimension: number | string | undefined;
  while (reader.next()) {
    if (reader.field !== DIMENSION.value && reader.field !== DIMENSION.name) {
      reader.skip();
      continue;
    }
    if (dimension !== undefined) throw malformed("ONNX: a dimension has both a number and a name");
    dimension = reader.field === DIMENSION.value ? reader.int() : reader.string();
    if (typeof dimension === "number" && dimension < 0) throw malformed(`ONNX: a dimension is ${dimension}`);
  }
  return dimension ?? "";
}

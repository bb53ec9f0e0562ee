import { PalaverError } from "@palaver/core";
import { isContainedPath } from "./contained-path.ts";
import { elementCount } from "./element-count.ts";
import { quoted } from "./malformed.ts";
import {
  ATTRIBUTE,
  ATTRIBUTE_KIND_CODES,
  DIMENSION,
  ENTRY,
  EXTERNAL_LOCATION,
  GRAPH,
  MODEL,
  NODE,
  OPSET,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  TENSOR_TYPE_BYTES,
  TENSOR_TYPE_CODES,
  TYPE,
  VALUE,
} from "./onnx-fields.ts";
import type {
  ExternalData,
  OnnxAttribute,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxValue,
} from "./onnx-model.ts";
import { ProtoWriter } from "./proto-writer.ts";

/**
 * The model as an ONNX file. Equal models give equal bytes.
 * @throws ERR_INVALID_ARGUMENT when a tensor's bytes do not fit its type and shape, or a number is no integer;
 * ERR_LIMIT beyond 2 GiB, where tensors must be external data
 */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  const writer = new ProtoWriter();
  writer.int(MODEL.irVersion, model.irVersion);
  writer.string(MODEL.producer, model.producer);
  writer.message(MODEL.graph, (message) => writeGraph(message, model.graph));
  for (const [domain, version] of Object.entries(model.opsets)) {
    writer.message(MODEL.opset, (message) => {
      message.string(OPSET.domain, domain);
      message.int(OPSET.version, version);
    });
  }
  for (const [key, value] of Object.entries(model.metadata ?? {})) writeEntry(writer, MODEL.metadata, key, value);
  return writer.finish();
}

// --- internal ---

function writeEntry(writer: ProtoWriter, field: number, key: string, value: string): void {
  writer.message(field, (message) => {
    message.string(ENTRY.key, key);
    message.string(ENTRY.value, value);
  });
}

function writeGraph(writer: ProtoWriter, graph: OnnxGraph): void {
  for (const node of graph.nodes) writer.message(GRAPH.node, (message) => writeNode(message, node));
  writer.string(GRAPH.name, graph.name);
  for (const tensor of graph.initializers) {
    writer.message(GRAPH.initializer, (message) => writeTensor(message, tensor));
  }
  for (const value of graph.inputs) writer.message(GRAPH.input, (message) => writeValue(message, value));
  for (const value of graph.outputs) writer.message(GRAPH.output, (message) => writeValue(message, value));
}

function writeNode(writer: ProtoWriter, node: OnnxNode): void {
  for (const name of node.inputs) writer.string(NODE.input, name);
  for (const name of node.outputs) writer.string(NODE.output, name);
  if (node.name) writer.string(NODE.name, node.name);
  writer.string(NODE.op, node.op);
  for (const [name, attribute] of Object.entries(node.attributes ?? {})) {
    writer.message(NODE.attribute, (message) => writeAttribute(message, name, attribute));
  }
  if (node.domain) writer.string(NODE.domain, node.domain);
}

function writeAttribute(writer: ProtoWriter, name: string, attribute: OnnxAttribute): void {
  writer.string(ATTRIBUTE.name, name);
  switch (attribute.kind) {
    case "float":
      writer.float(ATTRIBUTE.float, attribute.value);
      break;
    case "int":
      writer.int(ATTRIBUTE.int, attribute.value);
      break;
    case "string":
      writer.string(ATTRIBUTE.string, attribute.value);
      break;
    case "tensor":
      writer.message(ATTRIBUTE.tensor, (message) => writeTensor(message, attribute.value));
      break;
    case "graph":
      writer.message(ATTRIBUTE.graph, (message) => writeGraph(message, attribute.value));
      break;
    case "floats":
      writer.floats(ATTRIBUTE.floats, attribute.value);
      break;
    case "ints":
      writer.ints(ATTRIBUTE.ints, attribute.value);
      break;
    case "strings":
      for (const value of attribute.value) writer.string(ATTRIBUTE.strings, value);
      break;
    default:
      attribute satisfies never;
  }
  writer.int(ATTRIBUTE.type, ATTRIBUTE_KIND_CODES[attribute.kind]);
}

function writeTensor(writer: ProtoWriter, { name, type, shape, data }: OnnxTensor): void {
  const length = data instanceof Uint8Array ? data.byteLength : data.length;
  const count = elementCount(shape);
  if (count === undefined || count * TENSOR_TYPE_BYTES[type] !== length) {
    throw new PalaverError(
      "ERR_INVALID_ARGUMENT",
      `tensor ${quoted(name)}: ${length} bytes do not fit ${type} of shape [${shape.join(", ")}]`,
      { details: { tensor: name } },
    );
  }
  if (!(data instanceof Uint8Array)) checkPlace(name, data);
  writer.ints(TENSOR.dims, shape);
  writer.int(TENSOR.type, TENSOR_TYPE_CODES[type]);
  writer.string(TENSOR.name, name);
  if (data instanceof Uint8Array) {
    writer.bytes(TENSOR.raw, data);
    return;
  }
  writeEntry(writer, TENSOR.external, "location", data.location);
  writeEntry(writer, TENSOR.external, "offset", String(data.offset));
  writeEntry(writer, TENSOR.external, "length", String(data.length));
  writer.int(TENSOR.location, EXTERNAL_LOCATION);
}

// What `parseOnnx` would refuse.
function checkPlace(name: string, { location, offset, length }: ExternalData): void {
  if (
    isContainedPath(location) &&
    offset >= 0 &&
    Number.isSafeInteger(offset) &&
    Number.isSafeInteger(offset + length)
  ) {
    return;
  }
  throw new PalaverError(
    "ERR_INVALID_ARGUMENT",
    `tensor ${quoted(name)} cannot lie at ${offset} in ${quoted(location)}`,
  );
}

function writeValue(writer: ProtoWriter, { name, type, shape }: OnnxValue): void {
  writer.string(VALUE.name, name);
  writer.message(VALUE.type, (valueType) =>
    valueType.message(TYPE.tensor, (tensorType) => {
      tensorType.int(TENSOR_TYPE.element, TENSOR_TYPE_CODES[type]);
      // Written for a scalar too: no shape at all would mean any rank.
      tensorType.message(TENSOR_TYPE.shape, (message) => {
        for (const dimension of shape) message.message(SHAPE.dimension, (inner) => writeDimension(inner, dimension));
      });
    }),
  );
}

// An empty name stays an empty message: a dimension of which nothing is known.
function writeDimension(writer: ProtoWriter, dimension: number | string): void {
  if (typeof dimension === "number") writer.int(DIMENSION.value, dimension);
  else if (dimension !== "") writer.string(DIMENSION.name, dimension);
}

/**
 * Reads ONNX files (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3) from bytes that nobody vouches for.
 * What `OnnxModel` has no place for is passed over where it says nothing about the result (docs, value_info, training
 * info), and refused where it does (sparse and string tensors, values that are no tensors). Functions are passed over as
 * well, once it is certain that they keep no data outside the file.
 */

import { PalaverError } from "@palaver/core";
import { malformed, quoted } from "./malformed.ts";
import { FUNCTION, GRAPH, MODEL, NODE, OPSET } from "./onnx-fields.ts";
import type {
  OnnxAttribute,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxOutline,
  OnnxTensor,
  OnnxTensorOutline,
  OnnxValue,
} from "./onnx-model.ts";
import { type AttributeScope, parseOnnxAttribute } from "./parse-onnx-attribute.ts";
import { parseEntry } from "./parse-onnx-entry.ts";
import { parseOnnxTensor, parseOnnxTensorOutline } from "./parse-onnx-tensor.ts";
import { parseOnnxValue } from "./parse-onnx-value.ts";
import { ProtoReader, protoFile } from "./proto-reader.ts";

// A graph of 10,000 operations counts about 1.3 million; at this many a hostile file costs a third of a second.
const DEFAULT_MAX_FIELDS = 2 ** 22;

// Subgraphs of If, Loop and Scan: real models nest two or three.
const MAX_GRAPH_DEPTH = 16;

export interface ParseOnnxOptions {
  /**
   * Protobuf fields, and numbers in attributes, shapes and typed data of integers, that may be read before ERR_LIMIT; a
   * string counts as 4 of them and one more for each 64 bytes, a message (a node, an attribute, a tensor, a value) as 16,
   * which is what they take. Default: 4,194,304.
   */
  readonly maxFields?: number;
}

/**
 * The model in an ONNX file. Tensor data are views of `bytes`, so keep those unchanged; typed data fields are converted
 * to bytes. Names of external files are checked to stay beside the model.
 * @throws ERR_FORMAT, ERR_UNSUPPORTED, ERR_LIMIT
 */
export function parseOnnx(bytes: Uint8Array, options: ParseOnnxOptions = {}): OnnxModel {
  const isOutside = ({ data }: OnnxTensor): boolean => !(data instanceof Uint8Array);
  return parseModel(bytes, options, { parse: parseOnnxTensor, isOutside }).model;
}

/**
 * The model in an ONNX file without the elements of its tensors: those are held against type and shape by their number of
 * bytes alone, so that a file costs what it describes, however much data it carries.
 * @throws ERR_FORMAT, ERR_UNSUPPORTED, ERR_LIMIT
 */
export function parseOnnxOutline(bytes: Uint8Array, options: ParseOnnxOptions = {}): OnnxOutline {
  const isOutside = ({ external }: OnnxTensorOutline): boolean => external !== undefined;
  const { model, functions } = parseModel(bytes, options, { parse: parseOnnxTensorOutline, isOutside });
  return { ...model, functions };
}

// --- internal ---

/** How tensors are read. */
interface TensorReader<Tensor> {
  readonly parse: (reader: ProtoReader) => Tensor;
  /** True for one whose data lies in another file. */
  readonly isOutside: (tensor: Tensor) => boolean;
}

function parseModel<Tensor extends { readonly name: string }>(
  bytes: Uint8Array,
  { maxFields = DEFAULT_MAX_FIELDS }: ParseOnnxOptions,
  tensors: TensorReader<Tensor>,
): { model: OnnxModel<Tensor>; functions: OnnxNode<Tensor>[][] } {
  const reader = new ProtoReader(protoFile(bytes, maxFields));
  const opsets = new Map<string, number>();
  const metadata = new Map<string, string>();
  const functions: OnnxNode<Tensor>[][] = [];
  let irVersion = 0;
  let producer = "";
  let graph: OnnxGraph<Tensor> | undefined;
  while (reader.next()) {
    switch (reader.field) {
      case MODEL.irVersion:
        irVersion = reader.once().int();
        break;
      case MODEL.producer:
        producer = reader.once().string();
        break;
      case MODEL.graph:
        graph = parseGraph(reader.once().message(), graphScope(1, tensors.parse));
        break;
      case MODEL.function:
        functions.push(parseFunction(reader.message(), tensors));
        break;
      case MODEL.opset:
        parseOpset(reader.message(), opsets);
        break;
      case MODEL.metadata:
        parseEntry(reader.message(), metadata, "metadata_props");
        break;
      default:
        reader.skip();
    }
  }
  if (irVersion < 1) throw malformed("ONNX: the file has no ir_version, so it is no ONNX model");
  if (graph === undefined) throw malformed("ONNX: the model has no graph");
  const model = { irVersion, producer, opsets: Object.fromEntries(opsets), graph };
  if (metadata.size === 0) return { model, functions };
  return { model: { ...model, metadata: Object.fromEntries(metadata) }, functions };
}

// "ai.onnx" is another spelling of the standard domain (https://github.com/onnx/onnx/blob/main/docs/IR.md).
function canonicalDomain(domain: string): string {
  return domain === "ai.onnx" ? "" : domain;
}

function parseOpset(reader: ProtoReader, opsets: Map<string, number>): void {
  let domain = "";
  let version = 0;
  while (reader.next()) {
    if (reader.field === OPSET.domain) domain = canonicalDomain(reader.once().string());
    else if (reader.field === OPSET.version) version = reader.once().int();
    else reader.skip();
  }
  if (opsets.has(domain)) throw malformed(`ONNX: the operator domain ${quoted(domain)} is imported twice`);
  opsets.set(domain, version);
}

/** Where a graph's nodes stand. */
interface GraphScope<Tensor> extends AttributeScope<Tensor> {
  readonly depth: number;
}

/** `allowsReferences` is true in the body of a function of the model's own. */
function graphScope<Tensor>(
  depth: number,
  parseTensor: (reader: ProtoReader) => Tensor,
  allowsReferences = false,
): GraphScope<Tensor> {
  return {
    depth,
    allowsReferences,
    parseTensor,
    parseGraph: (reader) => parseGraph(reader, graphScope(depth + 1, parseTensor, allowsReferences)),
  };
}

/** The nodes of a `FunctionProto`. @throws ERR_UNSUPPORTED for external data */
function parseFunction<Tensor extends { readonly name: string }>(
  reader: ProtoReader,
  { parse, isOutside }: TensorReader<Tensor>,
): OnnxNode<Tensor>[] {
  // Whoever reads an `OnnxModel` sees nothing of its functions, so nobody could look whether that file is there.
  const parseInside = (message: ProtoReader): Tensor => {
    const tensor = parse(message);
    if (!isOutside(tensor)) return tensor;
    throw new PalaverError(
      "ERR_UNSUPPORTED",
      `ONNX: the tensor ${quoted(tensor.name)} in a function has external data, which is not supported`,
    );
  };
  const scope = graphScope(1, parseInside, true);
  const nodes: OnnxNode<Tensor>[] = [];
  while (reader.next()) {
    if (reader.field === FUNCTION.node) nodes.push(parseNode(reader.message(), scope));
    else if (reader.field === FUNCTION.attributeDefault) parseOnnxAttribute(reader.message(), new Map(), scope);
    else reader.skip();
  }
  return nodes;
}

function parseGraph<Tensor>(reader: ProtoReader, scope: GraphScope<Tensor>): OnnxGraph<Tensor> {
  if (scope.depth > MAX_GRAPH_DEPTH) {
    throw new PalaverError("ERR_LIMIT", `ONNX: graphs are nested more than ${MAX_GRAPH_DEPTH} deep`);
  }
  let name = "";
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const initializers: Tensor[] = [];
  const nodes: OnnxNode<Tensor>[] = [];
  while (reader.next()) {
    switch (reader.field) {
      case GRAPH.name:
        name = reader.once().string();
        break;
      case GRAPH.node:
        nodes.push(parseNode(reader.message(), scope));
        break;
      case GRAPH.initializer:
        initializers.push(scope.parseTensor(reader.message()));
        break;
      case GRAPH.input:
        inputs.push(parseOnnxValue(reader.message()));
        break;
      case GRAPH.output:
        outputs.push(parseOnnxValue(reader.message()));
        break;
      case GRAPH.sparseInitializer:
        throw new PalaverError("ERR_UNSUPPORTED", "ONNX: sparse initializers are not supported");
      default:
        reader.skip();
    }
  }
  return { name, inputs, outputs, initializers, nodes };
}

function parseNode<Tensor>(reader: ProtoReader, scope: GraphScope<Tensor>): OnnxNode<Tensor> {
  let op = "";
  let domain = "";
  let name = "";
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute<Tensor>>();
  while (reader.next()) {
    switch (reader.field) {
      case NODE.input:
        inputs.push(reader.string());
        break;
      case NODE.output:
        outputs.push(reader.string());
        break;
      case NODE.name:
        name = reader.once().string();
        break;
      case NODE.op:
        op = reader.once().string();
        break;
      case NODE.domain:
        domain = canonicalDomain(reader.once().string());
        break;
      case NODE.attribute:
        parseOnnxAttribute(reader.message(), attributes, scope);
        break;
      default:
        reader.skip();
    }
  }
  if (op === "") throw malformed(`ONNX: the node ${quoted(name)} has no operation`);
  return {
    op,
    inputs,
    outputs,
    ...(domain !== "" && { domain }),
    ...(name !== "" && { name }),
    ...(attributes.size > 0 && { attributes: Object.fromEntries(attributes) }),
  };
}

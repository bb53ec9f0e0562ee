import { PalaverError } from "@palaver/core";
import { malformed, quoted } from "./malformed.ts";
import { ATTRIBUTE, ATTRIBUTE_KIND_CODES } from "./onnx-fields.ts";
import type { OnnxAttribute, OnnxGraph } from "./onnx-model.ts";
import type { ProtoReader } from "./proto-reader.ts";

/** What an attribute's node stands in. */
export interface AttributeScope<Tensor> {
  /** True in a function: an attribute may stand for one of the function's, and has no value then. */
  readonly allowsReferences: boolean;
  parseTensor(reader: ProtoReader): Tensor;
  /** Reads the graph of If, Loop and Scan. */
  parseGraph(reader: ProtoReader): OnnxGraph<Tensor>;
}

/** Reads one `AttributeProto` into `attributes`, but for one that refers to a function's. */
export function parseOnnxAttribute<Tensor>(
  reader: ProtoReader,
  attributes: Map<string, OnnxAttribute<Tensor>>,
  scope: AttributeScope<Tensor>,
): void {
  const lists: Lists = { floats: [], ints: [], strings: [] };
  let name = "";
  let code = 0;
  let refers = false;
  let single: OnnxAttribute<Tensor> | undefined;
  while (reader.next()) {
    switch (reader.field) {
      case ATTRIBUTE.name:
        name = reader.once().string();
        break;
      case ATTRIBUTE.type:
        code = reader.once().int();
        break;
      case ATTRIBUTE.floats:
        reader.floats(lists.floats);
        break;
      case ATTRIBUTE.ints:
        reader.ints(lists.ints);
        break;
      case ATTRIBUTE.strings:
        lists.strings.push(reader.string());
        break;
      case ATTRIBUTE.reference:
        if (!scope.allowsReferences)
          throw new PalaverError("ERR_UNSUPPORTED", "ONNX: an attribute that refers to a function's attribute");
        refers = reader.once().string() !== "";
        break;
      default: {
        const value = singleValue(reader, scope);
        if (value !== undefined && single !== undefined) throw malformed("ONNX: an attribute has two values");
        single ??= value;
      }
    }
  }
  if (attributes.has(name)) throw malformed(`ONNX: a node has the attribute ${quoted(name)} twice`);
  if (!refers) {
    attributes.set(name, chosen(name, code, single, lists));
    return;
  }
  if (heldKinds(single, lists).length > 0) throw malformed("ONNX: an attribute has a value and refers to another's");
}

// --- internal ---

interface Lists {
  readonly floats: number[];
  readonly ints: number[];
  readonly strings: string[];
}

const KINDS_BY_CODE = new Map(
  Object.entries(ATTRIBUTE_KIND_CODES).map(([kind, code]) => [code, kind as OnnxAttribute["kind"]]),
);

function singleValue<Tensor>(reader: ProtoReader, scope: AttributeScope<Tensor>): OnnxAttribute<Tensor> | undefined {
  switch (reader.field) {
    case ATTRIBUTE.float:
      return { kind: "float", value: reader.float() };
    case ATTRIBUTE.int:
      return { kind: "int", value: reader.int() };
    case ATTRIBUTE.string:
      return { kind: "string", value: reader.string() };
    case ATTRIBUTE.tensor:
      return { kind: "tensor", value: scope.parseTensor(reader.message()) };
    case ATTRIBUTE.graph:
      return { kind: "graph", value: scope.parseGraph(reader.message()) };
    default:
      reader.skip();
      return undefined;
  }
}

// The kind is written after the value, so the choice comes last. A value of another kind is refused: readers that look
// at the values alone would see a different attribute.
function chosen<Tensor>(
  name: string,
  code: number,
  single: OnnxAttribute<Tensor> | undefined,
  lists: Lists,
): OnnxAttribute<Tensor> {
  const owner = `ONNX: the attribute ${quoted(name)}`;
  const kind = KINDS_BY_CODE.get(code);
  if (kind === undefined) {
    throw new PalaverError("ERR_UNSUPPORTED", `${owner} is of kind ${code}, which is not supported`, {
      details: { attribute: name, code },
    });
  }
  const present = heldKinds(single, lists);
  if (present.some((found) => found !== kind)) throw malformed(`${owner} is of kind ${kind} but holds ${present}`);
  switch (kind) {
    case "floats":
      return { kind, value: lists.floats };
    case "ints":
      return { kind, value: lists.ints };
    case "strings":
      return { kind, value: lists.strings };
    case "tensor":
    case "graph":
      if (single === undefined) throw malformed(`${owner} has no ${kind}`);
      return single;
    // Zero and the empty string are left out by serializers of proto3.
    case "string":
      return single ?? { kind, value: "" };
    default:
      return single ?? { kind, value: 0 };
  }
}

function heldKinds(
  single: { readonly kind: OnnxAttribute["kind"] } | undefined,
  lists: Lists,
): OnnxAttribute["kind"][] {
  const held = LIST_KINDS.filter((kind) => lists[kind].length > 0);
  return single === undefined ? held : [single.kind, ...held];
}

const LIST_KINDS = ["floats", "ints", "strings"] as const;

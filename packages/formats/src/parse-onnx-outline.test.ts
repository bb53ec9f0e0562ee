import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeOnnx } from "./encode-onnx.ts";
import { ATTRIBUTE, FUNCTION, GRAPH, MODEL, NODE, TENSOR } from "./onnx-fields.ts";
import type {
  OnnxAttribute,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxOutline,
  OnnxTensor,
  OnnxTensorOutline,
} from "./onnx-model.ts";
import { parseOnnx, parseOnnxOutline } from "./parse-onnx.ts";
import { joined } from "./testing/joined.ts";
import { onnxModels } from "./testing/onnx-models.ts";
import { outcome } from "./testing/outcome.ts";
import { field, varint } from "./testing/proto-bytes.ts";

/** The model as its outline has to be. */
function outlined({ graph, ...model }: OnnxModel): OnnxOutline {
  return { ...model, graph: outlinedGraph(graph), functions: [] };
}

function outlinedGraph(graph: OnnxGraph): OnnxGraph<OnnxTensorOutline> {
  return { ...graph, initializers: graph.initializers.map(outlinedTensor), nodes: graph.nodes.map(outlinedNode) };
}

function outlinedTensor({ data, ...tensor }: OnnxTensor): OnnxTensorOutline {
  return { ...tensor, external: data instanceof Uint8Array ? undefined : data };
}

function outlinedNode({ attributes, ...node }: OnnxNode): OnnxNode<OnnxTensorOutline> {
  if (attributes === undefined) return node;
  const entries = Object.entries(attributes).map(([name, attribute]) => [name, outlinedAttribute(attribute)] as const);
  return { ...node, attributes: Object.fromEntries(entries) };
}

function outlinedAttribute(attribute: OnnxAttribute): OnnxAttribute<OnnxTensorOutline> {
  if (attribute.kind === "tensor") return { kind: "tensor", value: outlinedTensor(attribute.value) };
  if (attribute.kind === "graph") return { kind: "graph", value: outlinedGraph(attribute.value) };
  return attribute;
}

test("an outline is the model without its elements", () => {
  fc.assert(
    fc.property(onnxModels, (model) => {
      expect(parseOnnxOutline(encodeOnnx(model))).toEqual(outlined(model));
    }),
  );
});

test("a file of the reference implementation, with typed data of every kind, has its outline", () => {
  const bytes = new Uint8Array(readFileSync(new URL("../fixtures/typed.onnx", import.meta.url)));

  const outline = parseOnnxOutline(bytes);

  expect(outline).toEqual(outlined(parseOnnx(bytes)));
  expect(outline.graph.initializers.at(-1)).toEqual({
    name: "outside",
    type: "float32",
    shape: [2, 2],
    external: { location: "weights/all.bin", offset: 4096, length: 16 },
  });
});

test("an outline shows what functions do, but for attributes that refer to theirs", () => {
  const own = joined(field(ATTRIBUTE.name, "own"), field(ATTRIBUTE.int, 7n), field(ATTRIBUTE.type, 2n));
  const refers = joined(field(ATTRIBUTE.name, "theirs"), field(ATTRIBUTE.reference, "a"), field(ATTRIBUTE.type, 2n));
  const node = joined(field(NODE.op, "A"), field(NODE.attribute, own), field(NODE.attribute, refers));
  const bytes = joined(
    field(MODEL.irVersion, 10n),
    field(MODEL.graph, ""),
    field(MODEL.function, joined(field(1, "f"), field(FUNCTION.node, node))),
  );

  expect(parseOnnxOutline(bytes).functions).toEqual([
    [{ op: "A", inputs: [], outputs: [], attributes: { own: { kind: "int", value: 7 } } }],
  ]);
});

function int64s(count: bigint, ...data: readonly Uint8Array[]): Uint8Array {
  const tensor = joined(field(TENSOR.dims, count), field(TENSOR.type, 7n), ...data);
  return joined(field(MODEL.irVersion, 10n), field(MODEL.graph, field(GRAPH.initializer, tensor)));
}

const four = field(TENSOR.int64s, new Uint8Array(4));

test.each([
  ["fewer bytes than its integers take", int64s(5n, four)],
  ["more bytes than its integers can take", int64s(1n, four, four, four)],
  ["integers for no elements", int64s(0n, four)],
  ["integers of two types", int64s(4n, four, field(TENSOR.int32s, new Uint8Array(4)))],
  ["integers in the field of another type", int64s(4n, field(TENSOR.int32s, new Uint8Array(4)))],
  ["floats in place of integers", int64s(1n, field(TENSOR.doubles, new Uint8Array(8)))],
])("a tensor with %s is malformed to the outline too", async (_, bytes) => {
  expect(await outcome(() => parseOnnxOutline(bytes))).toBe("ERR_FORMAT");
  expect(await outcome(() => parseOnnx(bytes))).toBe("ERR_FORMAT");
});

test("integers that only a conversion finds broken pass the outline", async () => {
  const tooFew = int64s(2n, field(TENSOR.int64s, varint(200n)));

  expect(parseOnnxOutline(tooFew).graph.initializers).toMatchObject([{ type: "int64", shape: [2] }]);
  expect(await outcome(() => parseOnnx(tooFew))).toBe("ERR_FORMAT");
});

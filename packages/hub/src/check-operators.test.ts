import {
  encodeOnnx,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxNode,
  type OnnxOutline,
  parseOnnxOutline,
} from "@palaver/formats";
import { expect, test } from "vitest";
import { checkOperators } from "./check-operators.ts";

const int = (value: number): OnnxAttribute => ({ kind: "int", value });

function graph(nodes: readonly OnnxNode[], shapes: Readonly<Record<string, readonly number[]>> = {}): OnnxGraph {
  const initializers = Object.entries(shapes).map(([name, shape]) => ({
    name,
    type: "uint8" as const,
    shape,
    data: new Uint8Array(shape.reduce((product, size) => product * size, 1)),
  }));
  const outputs = nodes.at(-1)!.outputs.map((name) => ({ name, type: "uint8" as const, shape: [] }));
  return { name: "", inputs: [], outputs, initializers, nodes };
}

function outline(checked: OnnxGraph): OnnxOutline {
  const opsets = { "": 21, "com.microsoft": 1 };
  return parseOnnxOutline(encodeOnnx({ irVersion: 10, producer: "", opsets, graph: checked }));
}

/** The code of what the check throws, of a graph as it comes from a file; undefined where it passes. */
function verdict(checked: OnnxGraph): unknown {
  return verdictOf(outline(checked));
}

function verdictOf(checked: OnnxOutline): unknown {
  try {
    checkOperators(checked);
    return undefined;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

function blocks(attributes: Readonly<Record<string, OnnxAttribute>>): OnnxNode {
  return { op: "GatherBlockQuantized", domain: "com.microsoft", inputs: ["w"], outputs: ["y"], attributes };
}

function attention(attributes: Readonly<Record<string, OnnxAttribute>> = {}): OnnxNode {
  const inputs = ["q", "k", "v", "pk", "pv", "s", "t", "cos", "sin"];
  return { op: "GroupQueryAttention", domain: "com.microsoft", inputs, outputs: ["y"], attributes };
}

test.each([16, 32, 128])("quantized blocks of %i elements pass", (size) => {
  expect(verdict(graph([blocks({ block_size: int(size), bits: int(8) })]))).toBeUndefined();
});

test("quantized blocks that leave their sizes out pass", () => {
  expect(verdict(graph([blocks({})]))).toBeUndefined();
});

test.each([
  ["block_size", 0],
  ["block_size", -32],
  ["block_size", 8],
  ["block_size", 48],
  ["block_size", 2 ** 40],
  ["bits", 0],
  ["bits", 3],
  ["bits", 2 ** 40],
])("quantized blocks with %s of %i are refused", (name, value) => {
  expect(verdict(graph([blocks({ [name]: int(value) })]))).toBe("ERR_FORMAT");
});

test("an integer that is zero in 32 bits is refused in operators of the runtime, and not in those of the standard", () => {
  const attributes = { kv_num_heads: int(2 ** 40) };

  expect(verdict(graph([attention(attributes)]))).toBe("ERR_FORMAT");
  expect(verdict(graph([{ op: "A", inputs: [], outputs: ["y"], attributes }]))).toBeUndefined();
});

const tables = { cos: [4, 2], sin: [4, 2] };

test.each([
  ["whose tables have two dimensions", { ...tables }, undefined],
  ["whose first table is flat", { ...tables, cos: [8] }, "ERR_FORMAT"],
  ["whose second table is a scalar", { ...tables, sin: [] }, "ERR_FORMAT"],
  ["whose table has three dimensions", { ...tables, sin: [1, 4, 2] }, "ERR_FORMAT"],
  ["whose tables are computed", {}, undefined],
])("attention %s: %j", (_, shapes, expected) => {
  expect(verdict(graph([attention()], shapes))).toBe(expected);
});

function constant(shape: readonly number[]): OnnxNode {
  const [value] = graph([attention()], { c: shape }).initializers;
  return { op: "Constant", inputs: [], outputs: ["cos"], attributes: { value: { kind: "tensor", value: value! } } };
}

function list(): OnnxNode {
  const attributes = { value_floats: { kind: "floats", value: [1, 1] } } as const;
  return { op: "Constant", inputs: [], outputs: ["cos"], attributes };
}

function chosen(then: readonly number[], otherwise: readonly number[]): OnnxNode {
  const branch = (shape: readonly number[]): OnnxAttribute => ({ kind: "graph", value: graph([constant(shape)]) });
  const attributes = { then_branch: branch(then), else_branch: branch(otherwise) };
  return { op: "If", inputs: ["c"], outputs: ["cos"], attributes };
}

test.each([
  ["a constant", constant([8]), constant([4, 2])],
  ["a constant list", list(), constant([4, 2])],
  ["the first branch", chosen([8], [4, 2]), chosen([4, 2], [4, 2])],
  ["the second branch", chosen([4, 2], [8]), chosen([4, 2], [4, 2])],
])("a flat table that %s gives is found", (_, flat, whole) => {
  expect(verdict(graph([flat, attention()]))).toBe("ERR_FORMAT");
  expect(verdict(graph([attention(), flat]))).toBe("ERR_FORMAT");
  expect(verdict(graph([whole, attention()]))).toBeUndefined();
});

test("attention inside a branch sees the tables around it", () => {
  const inside = (shapes: Readonly<Record<string, readonly number[]>>): OnnxGraph => {
    const attributes = { then_branch: { kind: "graph", value: graph([attention()]) } } as const;
    return graph([{ op: "If", inputs: ["c"], outputs: ["y"], attributes }], shapes);
  };

  expect(verdict(inside(tables))).toBeUndefined();
  expect(verdict(inside({ ...tables, cos: [8] }))).toBe("ERR_FORMAT");
});

test("such operators are refused in functions, whose attributes and inputs come from elsewhere", () => {
  const empty = outline(graph([{ op: "A", inputs: [], outputs: ["y"] }]));
  const { nodes } = outline(graph([blocks({})])).graph;
  const { nodes: branched } = outline(graph([chosenBlocks()])).graph;

  expect(verdictOf({ ...empty, functions: [empty.graph.nodes] })).toBeUndefined();
  expect(verdictOf({ ...empty, functions: [empty.graph.nodes, nodes] })).toBe("ERR_UNSUPPORTED");
  expect(verdictOf({ ...empty, functions: [branched] })).toBe("ERR_UNSUPPORTED");
});

function chosenBlocks(): OnnxNode {
  const attributes = { then_branch: { kind: "graph", value: graph([blocks({})]) } } as const;
  return { op: "If", inputs: ["c"], outputs: ["y"], attributes };
}

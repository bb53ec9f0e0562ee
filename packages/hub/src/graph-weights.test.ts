import type { OnnxAttribute, OnnxNode, OnnxTensorOutline } from "@palaver/formats";
import { expect, test } from "vitest";
import { formName, graphWeights, weightCount } from "./graph-weights.ts";

type Node = OnnxNode<OnnxTensorOutline>;

function constant(name: string, type: OnnxTensorOutline["type"], ...shape: number[]): OnnxTensorOutline {
  return { name, type, shape, external: undefined };
}

function node(op: string, inputs: readonly string[], integers: Readonly<Record<string, number>> = {}): Node {
  const attributes: Record<string, OnnxAttribute<OnnxTensorOutline>> = {};
  for (const [name, value] of Object.entries(integers)) attributes[name] = { kind: "int", value };
  return { op, inputs, outputs: [`${inputs[1] ?? inputs[0]}.out`], attributes };
}

const weightsOf = (initializers: readonly OnnxTensorOutline[], nodes: readonly Node[]) =>
  graphWeights({ name: "g", inputs: [], outputs: [], initializers, nodes });

/** A product of 64 by 32 in 4 bits, with its scales and zero points. */
const q4 = (name: string) => ({
  constants: [
    constant(`${name}.q`, "uint8", 32, 2, 16),
    constant(`${name}.scales`, "float32", 32, 2),
    constant(`${name}.zeros`, "uint8", 32, 1),
  ],
  node: node("MatMulNBits", ["x", `${name}.q`, `${name}.scales`, `${name}.zeros`], {
    K: 64,
    N: 32,
    bits: 4,
    block_size: 32,
  }),
});

test("products in blocks count by their sizes, without scales and zero points, and most of them give the form", () => {
  const [a, b] = [q4("a"), q4("b")];
  const head = node("MatMulNBits", ["x", "head", "head.scales"], { K: 64, N: 100, bits: 8, block_size: 16 });

  const weights = weightsOf(
    [...a.constants, ...b.constants, constant("head", "uint8", 100, 4, 16), constant("head.scales", "float32", 100, 4)],
    [a.node, b.node, head],
  );

  expect(weightCount(weights)).toBe(2 * 64 * 32 + 64 * 100);
  expect(weights.mostly).toEqual({ kind: "blocks", bits: 4, block: 32 });
  expect(formName(weights.mostly!)).toBe("q4 in blocks of 32");
  expect(weights.matrices.map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
    [64, 32],
    [64, 32],
    [64, 100],
  ]);
});

test("a table in blocks counts by its bits, and once where the head reads it as well", () => {
  const lookup = (bits: number) => node("GatherBlockQuantized", ["table", "ids", "scales"], { bits, block_size: 32 });
  const constants = [constant("table", "uint8", 100, 32), constant("scales", "float32", 100, 2)];
  const flat = { ...node("Reshape", ["table", "shape"]), outputs: ["flat"] };
  const head = node("MatMulNBits", ["x", "flat", "scales"], { K: 64, N: 100, bits: 4, block_size: 32 });

  expect(weightCount(weightsOf(constants, [lookup(8)]))).toBe(100 * 32);
  expect(weightCount(weightsOf(constants, [lookup(4)]))).toBe(100 * 64);
  expect(weightCount(weightsOf(constants, [flat, head, lookup(4)]))).toBe(100 * 64);
});

test("two names for the same bytes of another file are one table", () => {
  const external = { location: "data", offset: 4096, length: 6400 };
  const constants = ["codes", "table"].map((name) => ({ ...constant(name, "uint8", 100, 64), external }));

  expect(weightCount(weightsOf(constants, [node("Gather", ["table", "ids"])]))).toBe(100 * 64);
});

test("a table that was written twice counts once where it is known to be one", () => {
  const weights = weightsOf([constant("embedding", "float32", 100, 64), constant("head", "float32", 64, 100)], []);

  expect([weightCount(weights), weightCount(weights, 6400), weightCount(weights, 7)]).toEqual([12_800, 6400, 12_800]);
});

test("integers are int8, and floats go by their type, whichever way a product takes them", () => {
  const form = (type: OnnxTensorOutline["type"], product: Node) => {
    const { mostly, matrices } = weightsOf([constant("w", type, 64, 32)], [product]);
    return [formName(mostly!), matrices[0]?.inputs, matrices[0]?.outputs];
  };

  expect(form("int8", node("MatMulInteger", ["x", "w", "", ""]))).toEqual(["int8", 64, 32]);
  expect(form("float32", node("MatMul", ["x", "w"]))).toEqual(["fp32", 64, 32]);
  expect(form("float16", node("Gemm", ["x", "w"], { transB: 1 }))).toEqual(["fp16", 32, 64]);
});

test("vectors, masks and tables of angles are no weights", () => {
  const weights = weightsOf(
    [
      constant("norm", "float32", 64),
      constant("mask", "bool", 512, 512),
      constant("mask8", "uint8", 1, 1, 512, 512),
      constant("cos", "float32", 512, 8),
      constant("sin", "float32", 512, 8),
    ],
    [node("GroupQueryAttention", ["q", "k", "v", "pastK", "pastV", "length", "total", "cos", "sin"])],
  );

  expect(weightCount(weights)).toBeUndefined();
  expect(weights.mostly).toBeUndefined();
});

test("sizes that nobody can hold are not told", () => {
  const huge = node("MatMulNBits", ["x", "w", "scales"], { K: 2 ** 52, N: 2 ** 52, bits: 4, block_size: 32 });

  expect(weightCount(weightsOf([constant("w", "uint8", 1, 1, 16)], [huge]))).toBeUndefined();
});

test("the caches' type is that of the inputs with a dimension for positions", () => {
  const inputs = [
    { name: "ids", type: "int64", shape: ["batch", "tokens"] },
    { name: "past_key_values.0.key", type: "float16", shape: ["batch", 2, "past", 16] },
  ] as const;

  expect(graphWeights({ name: "g", inputs, outputs: [], initializers: [], nodes: [] }).cacheType).toBe("float16");
  expect(weightsOf([], []).cacheType).toBeUndefined();
});

// One product `(rows, K) x (K, N)` in each form in which ONNX Runtime's CPU provider can compute it, as a graph of its own.
import { encodeOnnx } from "../../packages/formats/dist/index.js";

/** Forms by name: each writes its nodes and constants between `x` and `y`. */
export const forms = {
  "q4, blocks of 32": blocks(4, 32),
  "q4, blocks of 128": blocks(4, 128),
  "q8, blocks of 32": blocks(8, 32),
  "q8, blocks of 128": blocks(8, 128),
  "int8, a scale per tensor": perTensor("int8"),
  "uint8, a scale per tensor": perTensor("uint8"),
  "int8, a scale per row": perRow("uint8", "int8"),
  "uint8, a scale per row": perRow("uint8", "uint8"),
  "int8 by int8, a scale per row": perRow("int8", "int8"),
  "int8, rows quantized before": quantizedBefore("uint8", "int8"),
  "q4, made int8 in each run": madeInt8(128),
  fp32: ({ graph, K, N }) => {
    graph.constant("w", "float32", [K, N], new Float32Array(K * N).fill(0.01));
    graph.node("MatMul", ["x", "w"], "y");
  },
};

/** The form's graph as a model file. */
export function formGraph(name, { K, N }) {
  const nodes = [];
  const initializers = [];
  const graph = {
    node: (op, inputs, output, attributes = {}) => {
      const domain = CONTRIBUTED.has(op) ? { domain: "com.microsoft" } : {};
      nodes.push({ op, ...domain, inputs, outputs: [output], attributes });
    },
    constant: (id, type, shape, values) =>
      initializers.push({ name: id, type, shape, data: new Uint8Array(values.buffer) }),
    inputType: "float32",
  };
  forms[name]({ graph, K, N });
  return encodeOnnx({
    irVersion: 8,
    producer: "palaver-bench",
    opsets: { "": 17, "com.microsoft": 1 },
    graph: {
      name: "product",
      inputs: [{ name: "x", type: graph.inputType, shape: ["rows", K] }],
      outputs: [{ name: "y", type: "float32", shape: ["rows", N] }],
      initializers,
      nodes,
    },
  });
}

const CONTRIBUTED = new Set(["GatherBlockQuantized", "MatMulNBits", "DynamicQuantizeMatMul", "MatMulIntegerToFloat"]);

function blocks(bits, block) {
  return ({ graph, K, N }) => {
    const count = K / block;
    graph.constant("w", "uint8", [N, count, (block * bits) / 8], noise((N * K * bits) / 8));
    graph.constant("s", "float32", [N, count], new Float32Array(N * count).fill(0.01));
    const integers = Object.entries({ K, N, bits, block_size: block, accuracy_level: 4 });
    const attributes = Object.fromEntries(integers.map(([key, value]) => [key, { kind: "int", value }]));
    graph.node("MatMulNBits", ["x", "w", "s"], "y", attributes);
  };
}

function columns(graph, { K, N }, type) {
  graph.constant("w", type, [K, N], noise(K * N));
  graph.constant("s", "float32", [N], new Float32Array(N).fill(0.01));
  graph.constant("w.zero", type, [N], new Uint8Array(N).fill(type === "int8" ? 0 : 128));
}

function perTensor(type) {
  return ({ graph, K, N }) => {
    columns(graph, { K, N }, type);
    graph.node("DynamicQuantizeMatMul", ["x", "w", "s", "w.zero"], "y");
  };
}

function perRow(rowType, type) {
  return ({ graph, K, N }) => {
    quantizedRows(graph, rowType);
    columns(graph, { K, N }, type);
    graph.node("MatMulIntegerToFloat", ["x.codes", "w", "unit", "s", "zero", "w.zero"], "y.unit");
    graph.node("Mul", ["y.unit", "x.range"], "y");
  };
}

/** `x` as 8-bit codes, `x.codes`, and what a unit of each row is, `x.range`. */
function quantizedRows(graph, rowType = "uint8") {
  graph.constant("least", "float32", [], Float32Array.of(1e-20));
  graph.node("Abs", ["x"], "x.abs");
  graph.node("ReduceMax", ["x.abs"], "x.max", {
    axes: { kind: "ints", value: [1] },
    keepdims: { kind: "int", value: 1 },
  });
  graph.node("Max", ["x.max", "least"], "x.range");
  graph.node("Div", ["x", "x.range"], "x.unit");
  graph.constant("unit", "float32", [], Float32Array.of(1 / 127));
  graph.constant("zero", rowType, [], Uint8Array.of(rowType === "int8" ? 0 : 128));
  graph.node("QuantizeLinear", ["x.unit", "unit", "zero"], "x.codes");
}

function quantizedBefore(rowType, type) {
  return ({ graph, K, N }) => {
    graph.inputType = rowType;
    graph.constant("unit", "float32", [], Float32Array.of(1 / 127));
    graph.constant("zero", rowType, [], Uint8Array.of(rowType === "int8" ? 0 : 128));
    columns(graph, { K, N }, type);
    graph.node("MatMulIntegerToFloat", ["x", "w", "unit", "s", "zero", "w.zero"], "y");
  };
}

/** Weights in 4 bits that a run of many rows widens and rounds to int8, a scale for each column, as it goes. */
function madeInt8(block) {
  return ({ graph, K, N }) => {
    quantizedRows(graph);
    graph.constant("w.packed", "uint8", [K, N / 2], noise((K * N) / 2));
    graph.constant("w.scales", "float32", [K, N / block], new Float32Array((K * N) / block).fill(0.01));
    graph.constant(
      "all",
      "int64",
      [K],
      BigInt64Array.from({ length: K }, (_, i) => BigInt(i)),
    );
    // A zero that depends on the input: constants alone would be widened once and for all when the graph is loaded.
    graph.constant("none", "float32", [], Float32Array.of(0));
    graph.node("ReduceMax", ["x.range"], "x.most", { keepdims: { kind: "int", value: 0 } });
    graph.node("Mul", ["x.most", "none"], "x.none");
    graph.node("Cast", ["x.none"], "x.zero", { to: { kind: "int", value: 7 } });
    graph.node("Add", ["all", "x.zero"], "w.rows");
    const integers = Object.entries({ bits: 4, block_size: block, gather_axis: 0, quantize_axis: 1 });
    const attributes = Object.fromEntries(integers.map(([key, value]) => [key, { kind: "int", value }]));
    graph.node("GatherBlockQuantized", ["w.packed", "w.rows", "w.scales"], "w.wide", attributes);
    graph.constant("s", "float32", [N], new Float32Array(N).fill(0.001));
    graph.constant("w.zero", "int8", [N], new Uint8Array(N));
    graph.node("QuantizeLinear", ["w.wide", "s", "w.zero"], "w", { axis: { kind: "int", value: 1 } });
    graph.node("MatMulIntegerToFloat", ["x.codes", "w", "unit", "s", "zero", "w.zero"], "y.unit");
    graph.node("Mul", ["y.unit", "x.range"], "y");
  };
}

// Numbers whose values do not matter, as long as they are not all the same.
function noise(length) {
  const bytes = new Uint8Array(length);
  for (let i = 0, state = 1; i < length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** What a graph's nodes and the descriptions of its constants tell about its weights. No element is read. */

import type { TensorType } from "@palaver/core";
import type { OnnxGraph, OnnxNode, OnnxTensorOutline } from "@palaver/formats";

/** How a matrix is stored: in blocks that share a scale, in int8, or as floats. */
export type MatrixForm =
  | { readonly kind: "blocks"; readonly bits: number; readonly block: number }
  | { readonly kind: "int8" }
  | { readonly kind: "float"; readonly type: TensorType };

/** A matrix by which a graph multiplies. */
interface GraphMatrix {
  /** Width of what is multiplied, and of the product. */
  readonly inputs: number;
  readonly outputs: number;
  readonly form: MatrixForm;
}

export interface GraphWeights {
  /** Elements of each table and matrix; one that several nodes read is there once. */
  readonly tables: readonly number[];
  readonly matrices: readonly GraphMatrix[];
  /** The form of most matrices; undefined where there are none. */
  readonly mostly: MatrixForm | undefined;
  /** The type of the caches that the graph takes; undefined where it takes none. */
  readonly cacheType: TensorType | undefined;
}

/** Describes the weights of a graph; those of its subgraphs are left out. */
export function graphWeights(graph: Outline): GraphWeights {
  const constants = new Constants(graph);
  const tables = new Map<string, number>();
  const matrices: GraphMatrix[] = [];
  for (const node of graph.nodes) {
    const table = tableOf(node, constants);
    if (table !== undefined) tables.set(table.key, table.elements);
    const matrix = matrixOf(node, constants);
    if (matrix !== undefined) matrices.push(matrix);
  }
  const besides = new Set(graph.nodes.flatMap((node) => constants.keys(noWeights(node))));
  for (const constant of graph.initializers) {
    const key = keyOf(constant);
    if (isTable(constant) && !tables.has(key) && !besides.has(key)) tables.set(key, product(constant.shape));
  }
  return {
    tables: [...tables.values()],
    matrices,
    mostly: mostOf(matrices),
    // Caches have a dimension each for sequences, heads, positions and elements, and come last.
    cacheType: graph.inputs.findLast(({ shape }) => shape.length >= CACHE_RANK)?.type,
  };
}

/**
 * Weights in all; undefined where no table is known. Exporters write a table twice that is both embedding and head: where
 * `tiedElements` is given, all tables of this size count as one.
 */
export function weightCount({ tables }: GraphWeights, tiedElements?: number): number | undefined {
  const copies = Math.max(0, tables.filter((elements) => elements === tiedElements).length - 1);
  const count = tables.reduce((sum, elements) => sum + elements, 0) - copies * (tiedElements ?? 0);
  return count > 0 && Number.isSafeInteger(count) ? count : undefined;
}

/** A form in the words of the Hub's folders: `fp32`, `fp16`, `int8`, `q4 in blocks of 32`. */
export function formName(form: MatrixForm): string {
  if (form.kind === "blocks") return `q${form.bits} in blocks of ${form.block}`;
  if (form.kind === "int8") return "int8";
  return FLOAT_NAMES[form.type] ?? form.type;
}

// --- internal ---

type Outline = OnnxGraph<OnnxTensorOutline>;
type Node = OnnxNode<OnnxTensorOutline>;

const CACHE_RANK = 4;

const FLOAT_NAMES: Partial<Record<TensorType, string>> = { float32: "fp32", float16: "fp16", bfloat16: "bf16" };

/** Operations that give a constant's elements as they are, or widened: behind them it is the same table. */
const SAME_TABLE: ReadonlySet<string> = new Set(["Reshape", "Identity", "Cast", "DequantizeLinear"]);

/** A graph's constants, by their own names and by those that nodes of `SAME_TABLE` give them. */
class Constants {
  readonly #byName: Map<string, OnnxTensorOutline>;

  constructor({ initializers, nodes }: Outline) {
    this.#byName = new Map(initializers.map((constant) => [constant.name, constant]));
    // Nodes stand in the order in which they are computed; elsewhere a table is only not known.
    for (const { op, inputs, outputs } of nodes) {
      const constant = SAME_TABLE.has(op) ? this.find(inputs[0]) : undefined;
      if (constant !== undefined) this.#byName.set(outputs[0] ?? "", constant);
    }
  }

  find(name: string | undefined): OnnxTensorOutline | undefined {
    return name === undefined || name === "" ? undefined : this.#byName.get(name);
  }

  /** Keys of those among the names that are constants. */
  keys(names: readonly string[]): string[] {
    return names.flatMap((name) => this.find(name) ?? []).map(keyOf);
  }
}

// Two constants may be the same bytes of another file.
function keyOf({ name, external }: OnnxTensorOutline): string {
  return external === undefined ? name : `${external.location}\n${external.offset}`;
}

// https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
const BLOCK_PRODUCTS: ReadonlySet<string> = new Set(["MatMulNBits", "MatMulBnb4"]);
const PRODUCTS: ReadonlySet<string> = new Set([
  "MatMul",
  "Gemm",
  "MatMulInteger",
  "MatMulIntegerToFloat",
  "DynamicQuantizeMatMul",
]);

/** The table that a node reads in packed form, whose shape does not tell its elements. */
function tableOf(node: Node, constants: Constants): { readonly key: string; readonly elements: number } | undefined {
  if (BLOCK_PRODUCTS.has(node.op)) {
    const codes = constants.find(node.inputs[1]);
    return codes && { key: keyOf(codes), elements: integer(node, "K", 0) * integer(node, "N", 0) };
  }
  if (node.op !== "GatherBlockQuantized") return undefined;
  const codes = constants.find(node.inputs[0]);
  // A byte holds two elements of 4 bits.
  return codes && { key: keyOf(codes), elements: product(codes.shape) * (8 / integer(node, "bits", 4)) };
}

function matrixOf(node: Node, constants: Constants): GraphMatrix | undefined {
  if (BLOCK_PRODUCTS.has(node.op)) {
    const form = { kind: "blocks", bits: integer(node, "bits", 4), block: integer(node, "block_size", 0) } as const;
    return { inputs: integer(node, "K", 0), outputs: integer(node, "N", 0), form };
  }
  const constant = PRODUCTS.has(node.op) ? constants.find(node.inputs[1]) : undefined;
  if (constant?.shape.length !== 2) return undefined;
  const [first = 0, second = 0] = constant.shape;
  const [inputs, outputs] = integer(node, "transB", 0) === 1 ? [second, first] : [first, second];
  const { type } = constant;
  return { inputs, outputs, form: isByte(type) ? { kind: "int8" } : { kind: "float", type } };
}

/** Names of a node's inputs that are scales, zero points or tables of angles. */
function noWeights({ op, inputs }: Node): readonly string[] {
  if (BLOCK_PRODUCTS.has(op) || op === "GatherBlockQuantized") return inputs.slice(2);
  if (op === "DequantizeLinear" || op === "RotaryEmbedding") return inputs.slice(1);
  return op === "GroupQueryAttention" ? inputs.slice(7) : [];
}

// Masks are tables as well, but of bytes with more dimensions, or of booleans.
function isTable({ type, shape }: OnnxTensorOutline): boolean {
  return shape.length === 2 ? isByte(type) || type in FLOAT_NAMES : shape.length > 2 && type in FLOAT_NAMES;
}

function isByte(type: TensorType): boolean {
  return type === "int8" || type === "uint8";
}

function mostOf(matrices: readonly GraphMatrix[]): MatrixForm | undefined {
  const counts = new Map<string, { readonly form: MatrixForm; count: number }>();
  for (const { form } of matrices) {
    const entry = counts.get(formName(form)) ?? { form, count: 0 };
    entry.count++;
    counts.set(formName(form), entry);
  }
  return [...counts.values()].sort((a, b) => b.count - a.count)[0]?.form;
}

function integer({ attributes }: Node, name: string, otherwise: number): number {
  const attribute = attributes?.[name];
  return attribute?.kind === "int" ? attribute.value : otherwise;
}

function product(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1);
}

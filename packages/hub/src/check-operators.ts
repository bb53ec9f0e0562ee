/**
 * What ONNX Runtime (1.30) does not survive: it divides by an attribute that is zero, or is cut to 32 bits and then zero, and
 * reads a dimension that a shape does not have. Each ends the process, so such graphs are refused before it sees them.
 */

import { PalaverError } from "@palaver/core";
import type { OnnxGraph, OnnxNode, OnnxOutline, OnnxTensorOutline } from "@palaver/formats";

/**
 * Looks through a graph, its subgraphs and its functions for operators that are known to end the process. The rank of a
 * table that is computed is not known, and such a table passes.
 * @throws ERR_FORMAT, ERR_UNSUPPORTED for such an operator in a function, where its sizes come from whoever calls it
 */
export function checkOperators({ graph, functions }: Pick<OnnxOutline, "graph" | "functions">): void {
  checkGraph(graph, []);
  for (const nodes of functions) refuseInside(nodes);
}

// --- internal ---

type Graph = OnnxGraph<OnnxTensorOutline>;
type Node = OnnxNode<OnnxTensorOutline>;

/** Dimensions by name, of a graph and then of those around it. */
type Ranks = readonly ReadonlyMap<string, number>[];

const CHECKS: Readonly<Record<string, (node: Node, ranks: Ranks) => void>> = {
  GatherBlockQuantized: checkBlocks,
  GroupQueryAttention: checkTables,
};

function checkOf({ op, domain }: Node): ((node: Node, ranks: Ranks) => void) | undefined {
  return domain === "com.microsoft" && Object.hasOwn(CHECKS, op) ? CHECKS[op] : undefined;
}

function refuseInside(nodes: readonly Node[]): void {
  for (const node of nodes) {
    if (checkOf(node) !== undefined) {
      throw new PalaverError("ERR_UNSUPPORTED", `the operator ${node.op} in a function is not supported`);
    }
    if (node.domain === "com.microsoft") checkIntegers(node);
    for (const attribute of Object.values(node.attributes ?? {})) {
      if (attribute.kind === "graph") refuseInside(attribute.value.nodes);
    }
  }
}

// Operators are looked at last, since the order of a graph's nodes is not one to rely on.
function checkGraph(graph: Graph, around: Ranks): Ranks {
  const own = new Map(graph.initializers.map(({ name, shape }) => [name, shape.length]));
  const ranks = [own, ...around];
  for (const node of graph.nodes) if (node.op === "Constant") own.set(node.outputs[0] ?? "", constantRank(node));
  for (const node of graph.nodes) {
    for (const attribute of Object.values(node.attributes ?? {})) {
      if (attribute.kind !== "graph") continue;
      const inside = checkGraph(attribute.value, ranks);
      if (node.op === "If") addBranch(own, node, attribute.value, inside);
    }
  }
  for (const node of graph.nodes) {
    if (node.domain === "com.microsoft") checkIntegers(node);
    checkOf(node)?.(node, ranks);
  }
  return ranks;
}

function constantRank({ attributes = {} }: Node): number {
  const [value] = Object.values(attributes);
  if (value?.kind === "tensor") return value.value.shape.length;
  return value?.kind === "floats" || value?.kind === "ints" || value?.kind === "strings" ? 1 : 0;
}

// If gives what one of its branches gives; a rank that is not the tables' stays, whichever branch has it.
function addBranch(own: Map<string, number>, node: Node, branch: Graph, inside: Ranks): void {
  for (const [index, output] of node.outputs.entries()) {
    const rank = rankOf(branch.outputs[index]?.name, inside);
    if (rank !== undefined && (own.get(output) ?? TABLE_RANK) === TABLE_RANK) own.set(output, rank);
  }
}

// The runtime's own operators keep integers in 32 bits.
function checkIntegers(node: Node): void {
  for (const [name, attribute] of Object.entries(node.attributes ?? {})) {
    if (attribute.kind !== "int" || Math.abs(attribute.value) < 2 ** 31) continue;
    throw broken(node, `has ${JSON.stringify(name.slice(0, 100))} of ${attribute.value}, beyond 32 bits`);
  }
}

function rankOf(name: string | undefined, ranks: Ranks): number | undefined {
  if (name === undefined || name === "") return undefined;
  return ranks.find((scope) => scope.has(name))?.get(name);
}

// Positions and half of the turned elements.
const TABLE_RANK = 2;

// cos_cache and sin_cache (https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md).
const TABLE_INPUTS = [7, 8];

function checkTables(node: Node, ranks: Ranks): void {
  for (const input of TABLE_INPUTS) {
    const rank = rankOf(node.inputs[input], ranks);
    if (rank === undefined || rank === TABLE_RANK) continue;
    throw broken(
      node,
      `takes rotary tables of ${TABLE_RANK} dimensions, ${JSON.stringify(node.inputs[input]?.slice(0, 100))} has ${rank}`,
    );
  }
}

// The sizes that its own documentation allows.
function checkBlocks(node: Node): void {
  const bits = integer(node, "bits", 4);
  if (bits !== 4 && bits !== 8) throw broken(node, `has ${bits} bits, not 4 or 8`);
  const size = integer(node, "block_size", 128);
  if (size >= 16 && (size & (size - 1)) === 0) return;
  throw broken(node, `has blocks of ${size} elements, not a power of two from 16 on`);
}

function integer(node: Node, name: string, otherwise: number): number {
  const attribute = node.attributes?.[name];
  return attribute?.kind === "int" ? attribute.value : otherwise;
}

function broken({ op, name = "" }: Node, what: string): PalaverError {
  return new PalaverError(
    "ERR_FORMAT",
    `the operator ${op.slice(0, 100)} ${JSON.stringify(name.slice(0, 100))} ${what}`,
    {
      details: { op, name },
    },
  );
}

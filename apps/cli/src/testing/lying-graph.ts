import { encodeOnnx, type OnnxAttribute, type OnnxGraph, type OnnxTensor, parseOnnx } from "@palaver/formats";
import { seededRandom } from "@palaver/test-data/mutant";

// Where sizes go wrong: zero, signs, and what 32 bits cannot hold.
const NUMBERS = [0, 1, -1, 2, 3, 7, 16, 31, 255, 4096, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 40, 2 ** 52];

/** The graph with one to three integers or shapes that are others, drawn from `seed`: well formed, and what it says is wrong. */
export function lyingGraph(file: Uint8Array, seed: number): Uint8Array {
  const random = seededRandom(seed);
  const pick: Pick = (list) => list[Math.floor(random() * list.length)]!;
  const model = parseOnnx(file);
  let { graph } = model;
  for (let left = pick([1, 2, 3]); left > 0; left--) graph = pick([otherInteger, otherShape])(graph, pick);
  return encodeOnnx({ ...model, graph });
}

// --- internal ---

type Pick = <T>(list: readonly T[]) => T;

function otherInteger(graph: OnnxGraph, pick: Pick): OnnxGraph {
  const lying = pick(graph.nodes.filter(({ attributes = {} }) => integersOf(attributes).length > 0));
  const attributes = { ...lying.attributes, [pick(integersOf(lying.attributes))]: int(pick(NUMBERS)) };
  return { ...graph, nodes: graph.nodes.map((node) => (node === lying ? { ...node, attributes } : node)) };
}

function integersOf(attributes: Readonly<Record<string, OnnxAttribute>> = {}): string[] {
  return Object.keys(attributes).filter((name) => attributes[name]?.kind === "int");
}

function int(value: number): OnnxAttribute {
  return { kind: "int", value };
}

function otherShape(graph: OnnxGraph, pick: Pick): OnnxGraph {
  const lying = pick(graph.initializers);
  const { shape } = lying;
  const shapes = [[], [0], [elements(shape)], shape.toReversed(), [1, ...shape], [...shape, 1], shape.map(() => 1)];
  const told = reshaped(lying, pick(shapes));
  return { ...graph, initializers: graph.initializers.map((tensor) => (tensor === lying ? told : tensor)) };
}

// A shape of fewer elements takes the first of the data; a scalar of an empty tensor has none to take.
function reshaped(tensor: OnnxTensor, shape: readonly number[]): OnnxTensor {
  const { data } = tensor;
  const before = elements(tensor.shape);
  if (elements(shape) > before) return tensor;
  const inside = data instanceof Uint8Array;
  const length = ((inside ? data.byteLength : data.length) / Math.max(1, before)) * elements(shape);
  return { ...tensor, shape, data: inside ? data.subarray(0, length) : { ...data, length } };
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * Reverse-mode differentiation over a graph that is being written (Griewank and Walther, Evaluating Derivatives, 2nd
 * edition, chapter 3). Each operation writes its nodes and records how the loss's derivative by its output, the adjoint,
 * becomes those by its inputs; `backward` plays the records in reverse and writes the second half of the graph.
 */

import { PalaverError, type TensorType } from "@palaver/core";
import type { OnnxNode, OnnxTensor, OnnxValue } from "@palaver/formats";
import { type Attributes, graphNode } from "../graph-node.ts";

/** A tensor of the graph: its name and its shape. */
export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Writes a contribution to an adjoint; `sum` is what others contributed, which it has to include. */
export type Contribution = (sum: Value | undefined) => Value;

/** What a tape has written. */
export interface TapeGraph {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly initializers: readonly OnnxTensor[];
  readonly nodes: readonly OnnxNode[];
}

/** `TensorProto.DataType` */
const ONNX_TYPES = { float32: 1, uint8: 2, int32: 6 } as const;

export class Tape {
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];
  readonly #initializers = new Map<string, OnnxTensor>();
  readonly #nodes: OnnxNode[] = [];
  #records: (() => void)[] = [];
  readonly #adjoints = new Map<string, Value>();
  /** Names of values on which a parameter has an influence. */
  readonly #active = new Set<string>();
  readonly #parameters = new Map<string, Parameter>();
  readonly #leaves: OnnxNode[][] = [];
  #target: OnnxNode[] = this.#nodes;
  #count = 0;

  /** Adds an input that is not differentiated by. */
  input(name: string, type: TensorType, shape: readonly number[]): Value {
    this.#inputs.push({ name, type, shape });
    return { name, shape };
  }

  /** Adds a float32 input that is differentiated by: the graph gives `gradientOut`, the derivative added to `gradient`. */
  parameter(
    name: string,
    shape: readonly number[],
    { gradient, gradientOut }: { readonly gradient: string; readonly gradientOut: string },
  ): Value {
    const value = this.input(name, "float32", shape);
    const sum = this.input(gradient, "float32", shape);
    this.#parameters.set(name, { sum, output: gradientOut, last: undefined });
    this.#active.add(name);
    return value;
  }

  /** Names a value that the graph gives. */
  output(value: Value, name: string, type: TensorType = "float32"): void {
    this.#outputs.push({ name, type, shape: value.shape });
    this.#target.push(graphNode("Identity", [value.name], [name]));
  }

  /** A constant; equal names mean equal constants. */
  constant(name: string, type: TensorType, shape: readonly number[], values: ConstantData): Value {
    if (!this.#initializers.has(name)) {
      const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      this.#initializers.set(name, { name, type, shape, data });
    }
    return { name, shape };
  }

  /** A list of int64 numbers. */
  integers(values: readonly number[]): Value {
    const name = `integers_${values.join("_")}`.replaceAll("-", "m");
    return this.constant(name, "int64", [values.length], BigInt64Array.from(values, BigInt));
  }

  /** One float32 number. */
  number(value: number): Value {
    return this.constant(`number_${value}`, "float32", [], Float32Array.of(value));
  }

  /** Writes an operation; gives its output. Nothing is recorded. */
  apply(op: string, inputs: readonly Value[], shape: readonly number[], attributes: Attributes = {}): Value {
    return this.applyAll(op, inputs, [shape], attributes)[0]!;
  }

  /** Writes an operation with several outputs. */
  applyAll(
    op: string,
    inputs: readonly Value[],
    shapes: readonly (readonly number[])[],
    attributes: Attributes = {},
  ): Value[] {
    const stem = `${op.slice(op.indexOf(":") + 1)}_${this.#count++}`;
    const outputs = shapes.map((shape, index) => ({ name: index === 0 ? stem : `${stem}_${index}`, shape }));
    const names = (values: readonly Value[]) => values.map(({ name }) => name);
    this.#target.push(graphNode(op, names(inputs), names(outputs), attributes));
    return outputs;
  }

  /** Writes an operation whose output the graph gives under this name. */
  applyTo(name: string, op: string, inputs: readonly Value[], shape: readonly number[]): Value {
    this.#outputs.push({ name, type: "float32", shape });
    this.#target.push(
      graphNode(
        op,
        inputs.map((input) => input.name),
        [name],
      ),
    );
    return { name, shape };
  }

  /** The same elements in another type. */
  cast(value: Value, type: keyof typeof ONNX_TYPES): Value {
    return this.apply("Cast", [value], value.shape, { to: ONNX_TYPES[type] });
  }

  /** The same elements in another shape. Nothing is recorded. */
  view(value: Value, shape: readonly number[]): Value {
    if (value.shape.length === shape.length && value.shape.every((size, i) => size === shape[i])) return value;
    return this.apply("Reshape", [value, this.integers(shape)], shape);
  }

  /** Records how an output's adjoint becomes the inputs'; `propagate` calls `accumulate` for each of them. */
  record(inputs: readonly Value[], output: Value, propagate: (adjoint: Value) => void): void {
    this.recordAll(inputs, [output], ([adjoint]) => propagate(adjoint!));
  }

  /** As `record`, for an operation of which all outputs are used. */
  recordAll(
    inputs: readonly Value[],
    outputs: readonly Value[],
    propagate: (adjoints: readonly Value[]) => void,
  ): void {
    if (!inputs.some((input) => this.#active.has(input.name))) return;
    for (const output of outputs) this.#active.add(output.name);
    this.#records.push(() => {
      const adjoints = outputs.map(({ name }) => this.#adjoints.get(name)).filter((adjoint) => adjoint !== undefined);
      for (const { name } of outputs) this.#adjoints.delete(name);
      if (adjoints.length === outputs.length) propagate(adjoints);
    });
  }

  /**
   * Writes `y = f(x)` so that nothing inside of f is kept: on the way back f is written once more, over an x that hangs on
   * y's adjoint, without which the runtime would compute it early, or not twice.
   */
  checkpoint(x: Value, write: (x: Value) => Value): Value {
    const outer = this.#records;
    this.#records = [];
    const y = write(x);
    this.#records = outer;
    this.record([x, y], y, (dy) => {
      const again = this.apply("Add", [x, this.zeroAfter(dy, "float32")], x.shape);
      if (this.#active.has(x.name)) this.#active.add(again.name);
      const before = this.#records;
      this.#records = [];
      this.#adjoints.set(write(again).name, dy);
      for (const play of this.#records.reverse()) play();
      this.#records = before;
      const dx = this.#adjoints.get(again.name);
      if (dx !== undefined) this.contribute(x, () => dx);
    });
    return y;
  }

  /**
   * A 0 of a type, `()`, that is not known before `other` is: what needs it runs later, and is never taken for the same
   * operation done earlier. One of the other's elements is never above infinity.
   */
  zeroAfter(other: Value, type: keyof typeof ONNX_TYPES): Value {
    const first = this.constant("first", "int64", [], BigInt64Array.of(0n));
    let element = other;
    while (element.shape.length > 0) element = this.apply("Gather", [element, first], element.shape.slice(1));
    const above = this.apply("Greater", [element, this.number(Number.POSITIVE_INFINITY)], []);
    return this.cast(above, type);
  }

  /** Adds to a value's adjoint. Does nothing for values on which no parameter has an influence. */
  accumulate(value: Value, contribution: Contribution): void {
    if (!this.#active.has(value.name)) return;
    const parameter = this.#parameters.get(value.name);
    if (parameter === undefined) {
      this.#adjoints.set(value.name, contribution(this.#adjoints.get(value.name)));
      return;
    }
    // An earlier contribution is no leaf any more.
    if (parameter.last !== undefined)
      this.#nodes.push(...this.#leaves.splice(this.#leaves.indexOf(parameter.last), 1)[0]!);
    parameter.sum = this.leaf(() => contribution(parameter.sum));
    parameter.last = this.#leaves.at(-1);
  }

  /** As `accumulate`, for a contribution that is added by an operation of its own. */
  contribute(value: Value, contribution: () => Value): void {
    this.accumulate(value, (sum) => {
      const part = contribution();
      return sum === undefined ? part : this.apply("Add", [sum, part], part.shape);
    });
  }

  /** Writes nodes on which none outside of them depend. `finish` puts them where they run as soon as they can. */
  leaf<T>(write: () => T): T {
    const nodes: OnnxNode[] = [];
    const before = this.#target;
    this.#target = nodes;
    const result = write();
    this.#target = before;
    this.#leaves.push(nodes);
    return result;
  }

  /** Plays the records in reverse, from the derivative of the loss by `value`. */
  backward(value: Value, adjoint: Value): void {
    this.#adjoints.set(value.name, adjoint);
    for (const play of this.#records.reverse()) play();
    for (const [name, { sum, output, last }] of this.#parameters) {
      if (last === undefined) throw new PalaverError("ERR_INVALID_ARGUMENT", `the loss does not depend on ${name}`);
      this.#outputs.push({ name: output, type: "float32", shape: sum.shape });
      last[last.length - 1] = { ...last.at(-1)!, outputs: [output] };
    }
  }

  /**
   * The graph. ONNX Runtime walks back from the nodes on which no others depend, the last of them first, and what it
   * needs first decides how long values live: so these stand at the end, in reverse.
   */
  finish(): TapeGraph {
    const nodes = [...this.#nodes, ...this.#leaves.toReversed().flat()];
    const used = new Set(nodes.flatMap(({ inputs }) => inputs));
    const initializers = [...this.#initializers.values()].filter(({ name }) => used.has(name));
    return { inputs: this.#inputs, outputs: this.#outputs, initializers, nodes };
  }
}

// --- internal ---

type ConstantData = Float32Array | BigInt64Array | Int32Array;

interface Parameter {
  /** The input with the gradient so far, then what the contributions made of it. */
  sum: Value;
  readonly output: string;
  /** The nodes of the last contribution. */
  last: OnnxNode[] | undefined;
}

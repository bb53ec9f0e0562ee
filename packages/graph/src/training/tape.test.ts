import { expect, test } from "vitest";
import { linearProduct } from "./linear-product.ts";
import { Tape, type Value } from "./tape.ts";

test("a parameter without influence on the loss is refused, not left untrained", () => {
  const tape = new Tape();
  const x = parameter(tape, "x", [2, 3]);
  parameter(tape, "unused", [3]);

  expect(() => tape.backward(linearProduct(tape, x, x), tape.number(1))).toThrow(/does not depend on unused/);
});

test("nothing is written for values on which no parameter has an influence", () => {
  const forward = new Tape();
  linearProduct(forward, forward.input("x", "float32", [2, 3]), forward.input("w", "float32", [4, 3]));
  const both = new Tape();
  const y = linearProduct(both, both.input("x", "float32", [2, 3]), parameter(both, "w", [4, 3]));
  both.backward(y, both.input("dy", "float32", y.shape));

  expect(forward.finish().nodes.map(({ op }) => op)).toEqual(["Gemm"]);
  expect(both.finish().nodes.map(({ op }) => op)).toEqual(["Gemm", "Gemm"]); // no derivative by x
});

test("two contributions to a parameter are one sum, the last of which is the output", () => {
  const tape = new Tape();
  const w = parameter(tape, "w", [4, 4]);
  const y = linearProduct(tape, linearProduct(tape, tape.input("x", "float32", [2, 4]), w), w);
  tape.backward(y, tape.input("dy", "float32", y.shape));

  const writers = tape.finish().nodes.filter(({ outputs }) => outputs.includes("gradient_out.w"));
  const last = writers[0]!;
  const before = tape.finish().nodes.find(({ outputs }) => outputs[0] === last.inputs[2]);

  expect(writers).toHaveLength(1);
  expect(before?.inputs[2]).toBe("gradient.w");
});

test("what is computed again hangs on the adjoint, or the runtime would do it early and keep it", () => {
  const tape = new Tape();
  const w = parameter(tape, "w", [4, 4]);
  const y = tape.checkpoint(tape.input("x", "float32", [2, 4]), (x) =>
    linearProduct(tape, linearProduct(tape, x, w), w),
  );
  tape.backward(y, tape.input("dy", "float32", [2, 4]));
  const { nodes } = tape.finish();
  const needs = (name: string): boolean =>
    name === "dy" || nodes.some(({ inputs, outputs }) => outputs.includes(name) && inputs.some(needs));

  const products = nodes.filter(({ op, attributes }) => op === "Gemm" && "transB" in attributes!);

  expect(products.map(({ outputs }) => needs(outputs[0]!))).toEqual([false, false, true, true]);
});

test("gradients stand last, those of the first layers before those of the last, so that values live no longer than needed", () => {
  const tape = new Tape();
  const weights = ["first", "second", "third"].map((name) => parameter(tape, name, [4, 4]));
  const y = weights.reduce((x, w) => linearProduct(tape, x, w), tape.input("x", "float32", [2, 4]));
  tape.backward(y, tape.input("dy", "float32", [2, 4]));

  const last = tape.finish().nodes.slice(-3);

  expect(last.map(({ outputs }) => outputs[0])).toEqual([
    "gradient_out.first",
    "gradient_out.second",
    "gradient_out.third",
  ]);
});

test("every operation comes after those that it needs", () => {
  const tape = new Tape();
  const w = parameter(tape, "w", [4, 4]);
  const x = tape.checkpoint(tape.input("x", "float32", [2, 4]), (value) => linearProduct(tape, value, w));
  tape.backward(linearProduct(tape, x, w), tape.input("dy", "float32", [2, 4]));
  const { inputs, initializers, nodes } = tape.finish();

  const known = new Set([...inputs, ...initializers].map(({ name }) => name));
  for (const node of nodes) {
    expect(
      node.inputs.filter((name) => !known.has(name)),
      node.op,
    ).toEqual([]);
    for (const output of node.outputs) known.add(output);
  }
});

// --- internal ---

function parameter(tape: Tape, name: string, shape: readonly number[]): Value {
  return tape.parameter(name, shape, { gradient: `gradient.${name}`, gradientOut: `gradient_out.${name}` });
}

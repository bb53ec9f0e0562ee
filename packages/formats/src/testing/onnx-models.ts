/** Random ONNX models in the form in which the parser gives them, for round trips. */

import type { TensorType } from "@palaver/core";
import fc from "fast-check";
import { TENSOR_TYPE_BYTES } from "../onnx-fields.ts";
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from "../onnx-model.ts";

const text = fc.string({ unit: "grapheme", maxLength: 8 });
const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 });
const domain = word.filter((name) => name !== "ai.onnx");
const integer = fc.maxSafeInteger();
const type = fc.constantFrom(...(Object.keys(TENSOR_TYPE_BYTES) as TensorType[]));

const tensor: fc.Arbitrary<OnnxTensor> = fc
  .record({ name: text, type, shape: fc.array(fc.nat(3), { maxLength: 4 }), outside: fc.option(fc.nat(2 ** 40)) })
  .chain(({ outside, ...rest }) => {
    const length = rest.shape.reduce((product, dimension) => product * dimension, TENSOR_TYPE_BYTES[rest.type]);
    const data =
      outside === null
        ? fc.uint8Array({ minLength: length, maxLength: length })
        : fc.constant({ location: "weights/model.bin", offset: outside, length });
    return data.map((found) => ({ ...rest, data: found }));
  });

const value: fc.Arbitrary<OnnxValue> = fc.record({
  name: text,
  type,
  shape: fc.array(fc.oneof(fc.maxSafeNat(), text), { maxLength: 4 }),
});

const { graph } = fc.letrec<{ graph: OnnxGraph; node: OnnxNode; attribute: OnnxAttribute }>((tie) => ({
  attribute: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ kind: fc.constant("int"), value: integer }),
    fc.record({ kind: fc.constant("float"), value: fc.float() }),
    fc.record({ kind: fc.constant("string"), value: text }),
    fc.record({ kind: fc.constant("ints"), value: fc.array(integer) }),
    fc.record({ kind: fc.constant("floats"), value: fc.array(fc.float()) }),
    fc.record({ kind: fc.constant("strings"), value: fc.array(text) }),
    fc.record({ kind: fc.constant("tensor"), value: tensor }),
    fc.record({ kind: fc.constant("graph"), value: tie("graph") }),
  ) as fc.Arbitrary<OnnxAttribute>,
  node: fc.record(
    {
      op: word,
      inputs: fc.array(text, { maxLength: 3 }),
      outputs: fc.array(text, { maxLength: 3 }),
      domain,
      name: word,
      attributes: fc.dictionary(text, tie("attribute"), { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
    },
    { requiredKeys: ["op", "inputs", "outputs"] },
  ),
  graph: fc.record({
    name: text,
    inputs: fc.array(value, { maxLength: 2 }),
    outputs: fc.array(value, { maxLength: 2 }),
    initializers: fc.array(tensor, { maxLength: 3 }),
    nodes: fc.array(tie("node"), { maxLength: 3 }),
  }),
}));

/** Any model, subgraphs and external data included. */
export const onnxModels: fc.Arbitrary<OnnxModel> = fc.record(
  {
    irVersion: fc.integer({ min: 1, max: 100 }),
    producer: text,
    opsets: fc.dictionary(
      text.filter((name) => name !== "ai.onnx"),
      integer,
      { maxKeys: 3, noNullPrototype: true },
    ),
    graph,
    metadata: fc.dictionary(text, text, { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
  },
  { requiredKeys: ["irVersion", "producer", "opsets", "graph"] },
);

import { describe, expect, test } from "vitest";
import { ATTRIBUTE, DIMENSION, ENTRY, FUNCTION, GRAPH, MODEL, NODE, OPSET, TENSOR, VALUE } from "./onnx-fields.ts";
import { parseOnnx } from "./parse-onnx.ts";
import { joined } from "./testing/joined.ts";
import { outcome } from "./testing/outcome.ts";
import { field, varint } from "./testing/proto-bytes.ts";

const version = field(MODEL.irVersion, 10n);

function model(...graph: readonly Uint8Array[]): Uint8Array {
  return joined(version, field(MODEL.graph, joined(...graph)));
}

function tensor(...fields: readonly Uint8Array[]): Uint8Array {
  return model(field(GRAPH.initializer, joined(...fields)));
}

function attribute(...fields: readonly Uint8Array[]): Uint8Array {
  return model(field(GRAPH.node, joined(field(NODE.op, "A"), field(NODE.attribute, joined(...fields)))));
}

function value(...fields: readonly Uint8Array[]): Uint8Array {
  return model(field(GRAPH.input, joined(...fields)));
}

function shape(...dimensions: readonly Uint8Array[]): Uint8Array {
  const list = joined(...dimensions.map((dimension) => field(1, dimension)));
  return value(field(VALUE.type, field(1, joined(field(1, 1n), field(2, list)))));
}

function external(entries: Readonly<Record<string, string>>): Uint8Array {
  return tensor(outside(entries));
}

/** The fields of a tensor whose data lies in another file. */
function outside(entries: Readonly<Record<string, string>>): Uint8Array {
  const list = Object.entries(entries).map(([key, text]) =>
    field(TENSOR.external, joined(field(ENTRY.key, key), field(ENTRY.value, text))),
  );
  return joined(field(TENSOR.dims, 1n), float, ...list, field(TENSOR.location, 1n));
}

/** A model with a function of one node, which has one attribute. */
function inFunction(...attribute: readonly Uint8Array[]): Uint8Array {
  const node = joined(field(NODE.op, "A"), field(NODE.attribute, joined(...attribute)));
  return joined(model(), field(MODEL.function, joined(field(1, "f"), field(FUNCTION.node, node))));
}

const constant = (content: Uint8Array) => joined(field(ATTRIBUTE.tensor, content), field(ATTRIBUTE.type, 4n));

const float = field(TENSOR.type, 1n);
const int8 = field(TENSOR.type, 3n);
const int32 = field(TENSOR.type, 6n);
const bool = field(TENSOR.type, 9n);
const four = new Uint8Array(4);
const negative = 2n ** 64n - 1n;

const malformed: readonly (readonly [string, Uint8Array])[] = [
  ["nothing", new Uint8Array(0)],
  ["no graph", version],
  ["no version", field(MODEL.graph, four.subarray(0, 0))],
  ["field number 0", joined(version, Uint8Array.of(0, 0))],
  ["a field number of 2^29", joined(version, varint(2n ** 32n), Uint8Array.of(0))],
  ["a tag of 70 bits", joined(version, new Uint8Array(10).fill(0xff), Uint8Array.of(0))],
  ["an end-of-group tag", joined(version, Uint8Array.of(0x7c))],
  ["a start-of-group tag", joined(version, Uint8Array.of(0x7b))],
  ["wire type 6", joined(version, Uint8Array.of(0x7e))],
  ["a varint without end", joined(Uint8Array.of(MODEL.irVersion * 8), new Uint8Array(100).fill(0x80))],
  ["a varint of 65 bits", field(MODEL.irVersion, 2n ** 64n)],
  ["a length beyond the file", joined(version, Uint8Array.of(MODEL.graph * 8 + 2, 1))],
  ["a length of 2^64 - 1", joined(version, Uint8Array.of(MODEL.graph * 8 + 2), varint(negative))],
  ["a length of 2^32 + 2", joined(version, Uint8Array.of(MODEL.graph * 8 + 2), varint(2n ** 32n + 2n), four)],
  ["a message that leaves its parent", joined(model(Uint8Array.of(GRAPH.node * 8 + 2, 4)), four)],
  ["a fixed 64-bit field cut short", joined(version, Uint8Array.of(0x79), four)],
  ["a version that is a string", field(MODEL.irVersion, "10")],
  ["a graph that is a number", joined(version, field(MODEL.graph, 1n))],
  ["two graphs", joined(model(), field(MODEL.graph, new Uint8Array(0)))],
  ["two versions", joined(version, model())],
  [
    "a domain imported twice",
    joined(model(), field(MODEL.opset, field(OPSET.version, 1n)), field(MODEL.opset, field(OPSET.domain, "ai.onnx"))),
  ],
  [
    "metadata with the same key twice",
    joined(model(), field(MODEL.metadata, field(ENTRY.key, "a")), field(MODEL.metadata, field(ENTRY.key, "a"))),
  ],
  ["a name that is no UTF-8", model(field(GRAPH.name, Uint8Array.of(0xff)))],
  ["a node without an operation", model(field(GRAPH.node, field(NODE.name, "n")))],
  ["a tensor of negative size", tensor(field(TENSOR.dims, negative), float)],
  ["dimensions that overflow", tensor(field(TENSOR.dims, 2n ** 40n), field(TENSOR.dims, 2n ** 40n), float)],
  ["dimensions whose bytes overflow", tensor(field(TENSOR.dims, 2n ** 52n), float, field(TENSOR.raw, four))],
  [
    "an overflow hidden by a zero",
    tensor(field(TENSOR.dims, joined(varint(0n), varint(2n ** 40n), varint(2n ** 40n))), float),
  ],
  ["65 dimensions", tensor(field(TENSOR.dims, new Uint8Array(65).fill(1)), float, field(TENSOR.raw, four))],
  ["fewer bytes than the shape needs", tensor(field(TENSOR.dims, 2n), float, field(TENSOR.raw, four))],
  ["more bytes than the shape needs", tensor(float, field(TENSOR.raw, new Uint8Array(8)))],
  ["no data at all", tensor(field(TENSOR.dims, 2n ** 30n), float)],
  ["fewer integers than the shape needs", tensor(field(TENSOR.dims, 2n ** 27n), int8, field(TENSOR.int32s, four))],
  ["one integer too few", tensor(field(TENSOR.dims, 2n), int8, field(TENSOR.int32s, varint(200n)))],
  ["more integers than the shape needs", tensor(field(TENSOR.dims, 1n), int32, field(TENSOR.int32s, four))],
  [
    "a list of integers cut inside one",
    tensor(field(TENSOR.dims, 1n), int32, field(TENSOR.int32s, Uint8Array.of(0x80))),
  ],
  ["a list of floats of five bytes", tensor(float, field(TENSOR.floats, new Uint8Array(5)))],
  ["an int8 of 128", tensor(int8, field(TENSOR.int32s, varint(128n)))],
  ["an int8 of -129", tensor(int8, field(TENSOR.int32s, varint(2n ** 64n - 129n)))],
  ["an int32 of 2^32 - 1", tensor(int32, field(TENSOR.int32s, varint(2n ** 32n - 1n)))],
  ["a boolean of 2", tensor(bool, field(TENSOR.int32s, varint(2n)))],
  ["floats in the field of integers", tensor(float, field(TENSOR.int32s, four.subarray(0, 1)))],
  ["data in two typed fields", tensor(float, field(TENSOR.floats, four), field(TENSOR.int64s, four))],
  ["raw and typed data", tensor(float, field(TENSOR.floats, four), field(TENSOR.raw, four))],
  ["raw and external data", tensor(float, field(TENSOR.raw, four), field(TENSOR.location, 1n))],
  ["raw data twice", tensor(float, field(TENSOR.raw, four), field(TENSOR.raw, four))],
  ["external data without a location", external({ offset: "0" })],
  ["external data at ../", external({ location: "../secret" })],
  ["external data at an absolute path", external({ location: "/etc/passwd" })],
  ["external data on a drive", external({ location: "C:\\secret" })],
  [
    "external data with two locations",
    tensor(
      float,
      ...[1, 2].map(() => field(TENSOR.external, field(ENTRY.key, "location"))),
      field(TENSOR.location, 1n),
    ),
  ],
  ["external data at a negative offset", external({ location: "w", offset: "-4" })],
  ["external data at 0x10", external({ location: "w", offset: "0x10" })],
  ["external data at 2^53", external({ location: "w", offset: "9007199254740992" })],
  ["external data at 10^30", external({ location: "w", offset: "1".padEnd(31, "0") })],
  ["external data of another length", external({ location: "w", length: "8" })],
  ["a dimension of -1", shape(field(DIMENSION.value, negative))],
  ["a dimension with number and name", shape(joined(field(DIMENSION.value, 1n), field(DIMENSION.name, "n")))],
  [
    "an attribute of two values",
    attribute(field(ATTRIBUTE.int, 1n), field(ATTRIBUTE.string, "a"), field(ATTRIBUTE.type, 2n)),
  ],
  ["an attribute whose kind is another", attribute(field(ATTRIBUTE.int, 1n), field(ATTRIBUTE.type, 3n))],
  ["an attribute with a list of another kind", attribute(field(ATTRIBUTE.ints, 1n), field(ATTRIBUTE.type, 2n))],
  ["a function with a broken node", inFunction(field(ATTRIBUTE.int, 1n), field(ATTRIBUTE.type, 3n))],
  [
    "a function's attribute that has a value and refers to another's",
    inFunction(field(ATTRIBUTE.int, 1n), field(ATTRIBUTE.reference, "a"), field(ATTRIBUTE.type, 2n)),
  ],
  ["external data at ../ in a function", inFunction(constant(outside({ location: "../secret" })))],
  ["a graph attribute without a graph", attribute(field(ATTRIBUTE.type, 5n))],
  [
    "an attribute given twice",
    model(
      field(
        GRAPH.node,
        joined(field(NODE.op, "A"), ...[1, 2].map(() => field(NODE.attribute, field(ATTRIBUTE.type, 2n)))),
      ),
    ),
  ],
];

const unsupported: readonly (readonly [string, Uint8Array])[] = [
  ["a tensor without a type", tensor(field(TENSOR.raw, four))],
  ["a tensor of strings", tensor(field(TENSOR.type, 8n), field(TENSOR.strings, "a"))],
  ["a tensor of type 2^31 - 1", tensor(field(TENSOR.type, 2n ** 31n - 1n))],
  ["a tensor in segments", tensor(float, field(TENSOR.segment, four))],
  ["a sparse initializer", model(field(GRAPH.sparseInitializer, ""))],
  ["a value that is a sequence", value(field(VALUE.type, field(4, "")))],
  ["a value of unknown rank", value(field(VALUE.type, field(1, field(1, 1n))))],
  ["an attribute without a kind", attribute(field(ATTRIBUTE.int, 1n))],
  ["an attribute of an unknown kind", attribute(field(ATTRIBUTE.type, 99n))],
  ["a list of graphs", attribute(field(ATTRIBUTE.type, 10n))],
  ["a reference to a function's attribute", attribute(field(ATTRIBUTE.reference, "a"), field(ATTRIBUTE.type, 2n))],
  ["external data in a function", inFunction(constant(outside({ location: "w" })))],
  [
    "external data in a branch in a function",
    inFunction(field(ATTRIBUTE.graph, field(GRAPH.initializer, outside({ location: "w" }))), field(ATTRIBUTE.type, 5n)),
  ],
  [
    "external data in what a function's attribute is by default",
    joined(model(), field(MODEL.function, field(FUNCTION.attributeDefault, constant(outside({ location: "w" }))))),
  ],
  ["an integer attribute of 2^63 - 1", attribute(field(ATTRIBUTE.int, 2n ** 63n - 1n), field(ATTRIBUTE.type, 2n))],
];

describe("a model with", () => {
  test.each(malformed)("%s is refused as malformed", async (_, bytes) => {
    expect(await outcome(() => parseOnnx(bytes))).toBe("ERR_FORMAT");
  });

  test.each(unsupported)("%s is refused as unsupported", async (_, bytes) => {
    expect(await outcome(() => parseOnnx(bytes))).toBe("ERR_UNSUPPORTED");
  });
});

test("functions that keep their data in the file are passed over, with what they refer to", () => {
  const own = inFunction(constant(joined(float, field(TENSOR.raw, four))));
  const refers = inFunction(field(ATTRIBUTE.reference, "alpha"), field(ATTRIBUTE.type, 1n));

  expect(parseOnnx(own)).toEqual(parseOnnx(model()));
  expect(parseOnnx(refers)).toEqual(parseOnnx(model()));
});

function nested(depth: number): Uint8Array {
  let graph: Uint8Array = new Uint8Array(0);
  for (let level = 1; level < depth; level++) {
    const inner = joined(field(ATTRIBUTE.graph, graph), field(ATTRIBUTE.type, 5n));
    graph = field(GRAPH.node, joined(field(NODE.op, "If"), field(NODE.attribute, inner)));
  }
  return joined(version, field(MODEL.graph, graph));
}

test("graphs nest up to the limit", async () => {
  expect(await outcome(() => parseOnnx(nested(16)))).toHaveProperty("value");
  expect(await outcome(() => parseOnnx(nested(17)))).toBe("ERR_LIMIT");
  expect(await outcome(() => parseOnnx(nested(5000)))).toBe("ERR_LIMIT");
});

test("bytes that stand for a great many objects are refused at the limit", async () => {
  const nodes = model(...Array.from({ length: 100 }, () => field(GRAPH.node, field(NODE.op, "A"))));
  const emptyInputs = model(new Uint8Array(10_000_000).map((_, index) => (index % 2 === 0 ? GRAPH.input * 8 + 2 : 0)));
  const numbers = attribute(field(ATTRIBUTE.ints, new Uint8Array(5_000_000)), field(ATTRIBUTE.type, 7n));
  const inputs = model(
    field(
      GRAPH.node,
      new Uint8Array(10_000_000).map((_, index) => (index % 2 === 0 ? NODE.input * 8 + 2 : 0)),
    ),
  );

  // The version; the graph, a message; for each node a message with a string in it.
  const cost = 1 + 16 + 100 * (16 + 4);
  expect(await outcome(() => parseOnnx(nodes, { maxFields: cost }))).toHaveProperty("value");
  expect(await outcome(() => parseOnnx(nodes, { maxFields: cost - 1 }))).toBe("ERR_LIMIT");
  expect(await outcome(() => parseOnnx(numbers))).toBe("ERR_LIMIT");
  expect(await outcome(() => parseOnnx(inputs))).toBe("ERR_LIMIT");
  expect(await outcome(() => parseOnnx(emptyInputs))).toBe("ERR_UNSUPPORTED");
});

function repeated(unit: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(15_000_000 - (15_000_000 % unit.length));
  for (let at = 0; at < bytes.length; at += unit.length) bytes.set(unit, at);
  return bytes;
}

const tensorType = field(1, joined(field(1, 1n), field(2, field(1, field(DIMENSION.value, 3n)))));
const repetitions: readonly (readonly [string, () => Uint8Array])[] = [
  ["nodes", () => model(repeated(field(GRAPH.node, field(NODE.op, "A"))))],
  ["inputs of one node", () => model(field(GRAPH.node, joined(field(NODE.op, "A"), repeated(field(NODE.input, "a")))))],
  [
    "empty tensors",
    () => model(repeated(field(GRAPH.initializer, joined(field(TENSOR.dims, 0n), float, field(TENSOR.name, "w"))))),
  ],
  ["values", () => model(repeated(field(GRAPH.input, joined(field(VALUE.name, "x"), field(VALUE.type, tensorType)))))],
  ["empty strings", () => attribute(repeated(field(ATTRIBUTE.strings, "")), field(ATTRIBUTE.type, 8n))],
  ["fields that nobody knows", () => joined(version, repeated(field(99, "")))],
];

test.each(repetitions)("15 MB of %s are refused within a second", async (_, bytes) => {
  const file = bytes();
  const started = performance.now();

  expect(await outcome(() => parseOnnx(file))).toBe("ERR_LIMIT");
  expect(performance.now() - started).toBeLessThan(1000);
});

test("a file cut at any byte is refused, or ends between two fields", async () => {
  const whole = joined(
    field(MODEL.producer, "someone"),
    model(
      field(GRAPH.name, "main"),
      field(GRAPH.initializer, joined(field(TENSOR.dims, 1n), float, field(TENSOR.raw, four))),
      field(GRAPH.node, joined(field(NODE.op, "A"), field(NODE.input, "x"))),
    ),
  );

  for (let length = 0; length < whole.length; length++) {
    expect(await outcome(() => parseOnnx(whole.subarray(0, length))), `${length} bytes`).toBe("ERR_FORMAT");
  }
});

test("names of object prototypes are names like others", () => {
  const { graph, metadata } = parseOnnx(
    joined(
      model(
        field(
          GRAPH.node,
          joined(
            field(NODE.op, "A"),
            field(NODE.attribute, joined(field(ATTRIBUTE.name, "__proto__"), field(ATTRIBUTE.type, 2n))),
          ),
        ),
      ),
      field(MODEL.metadata, joined(field(ENTRY.key, "__proto__"), field(ENTRY.value, "x"))),
    ),
  );

  expect(Object.entries(graph.nodes[0]!.attributes!)).toEqual([["__proto__", { kind: "int", value: 0 }]]);
  expect(Object.entries(metadata!)).toEqual([["__proto__", "x"]]);
  expect(Object.getPrototypeOf(graph.nodes[0]!.attributes)).toBe(Object.prototype);
});

import { expect, test } from "vitest";
import { GRAPH, MODEL, TENSOR } from "./onnx-fields.ts";
import { parseOnnx, parseOnnxOutline } from "./parse-onnx.ts";
import { joined } from "./testing/joined.ts";
import { outcome } from "./testing/outcome.ts";
import { field, varint } from "./testing/proto-bytes.ts";

const version = field(MODEL.irVersion, 10n);

/** A model with as many tensors of int64 zeros, each of a byte in the file and of 8 as data. */
function packed(count: number, tensors = 1): Uint8Array {
  const tensor = joined(
    field(TENSOR.dims, BigInt(count)),
    field(TENSOR.type, 7n),
    field(TENSOR.int64s, new Uint8Array(count)),
  );
  return joined(
    version,
    field(MODEL.graph, joined(...Array.from({ length: tensors }, () => field(GRAPH.initializer, tensor)))),
  );
}

// The version; the graph, a message.
const modelCost = 1 + 16;

// A message; dimensions as a field with a number, the type, and the data as a field.
const tensorCost = 16 + 3;

test("integers of typed data count as fields, in all tensors together", async () => {
  const cost = modelCost + 3 * (tensorCost + 1000);

  expect(await outcome(() => parseOnnx(packed(1000, 3), { maxFields: cost }))).toHaveProperty("value");
  expect(await outcome(() => parseOnnx(packed(1000, 3), { maxFields: cost - 1 }))).toBe("ERR_LIMIT");
});

test("typed data that would be converted beyond the limit are refused", async () => {
  expect(await outcome(() => parseOnnx(packed(2 ** 22)))).toBe("ERR_LIMIT");
  expect(await outcome(() => parseOnnx(packed(2 ** 18, 16)))).toBe("ERR_LIMIT");
});

test("an outline costs the same however many integers there are", async () => {
  const cost = modelCost + tensorCost;

  for (const count of [0, 1000, 2 ** 23]) {
    const bytes = packed(count);
    expect(await outcome(() => parseOnnxOutline(bytes, { maxFields: cost }))).toHaveProperty("value");
    expect(await outcome(() => parseOnnxOutline(bytes, { maxFields: cost - 1 }))).toBe("ERR_LIMIT");
  }
});

test("a long string counts by its length too", async () => {
  const bytes = joined(version, field(MODEL.producer, "a".repeat(6400)), field(MODEL.graph, ""));
  const cost = modelCost + 4 + 100;

  expect(await outcome(() => parseOnnx(bytes, { maxFields: cost }))).toHaveProperty("value");
  expect(await outcome(() => parseOnnx(bytes, { maxFields: cost - 1 }))).toBe("ERR_LIMIT");
});

test("a string that is longer than text can be is refused at the limit, whatever maxFields says", async () => {
  const length = 2 ** 29;
  const start = joined(version, varint(BigInt(MODEL.producer * 8 + 2)), varint(BigInt(length)));
  const bytes = new Uint8Array(start.length + length);
  bytes.set(start);

  expect(await outcome(() => parseOnnx(bytes, { maxFields: Number.MAX_SAFE_INTEGER }))).toBe("ERR_LIMIT");
});

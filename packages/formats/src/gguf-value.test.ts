import { expect, test } from "vitest";
import { type GgufValue, ggufBoolean, ggufNumber, ggufNumbers, ggufString, ggufStrings } from "./gguf-value.ts";

const metadata = new Map<string, GgufValue>([
  ["text", { type: "string", value: "a" }],
  ["flag", { type: "bool", value: false }],
  ["count", { type: "uint32", value: 7 }],
  ["long", { type: "uint64", value: 8n }],
  ["huge", { type: "int64", value: -(2n ** 60n) }],
  ["texts", { type: "array", itemType: "string", value: ["a", "b"] }],
  ["numbers", { type: "array", itemType: "int32", value: Int32Array.of(1, -2) }],
  ["longs", { type: "array", itemType: "uint64", value: BigUint64Array.of(1n, 2n) }],
  ["hugest", { type: "array", itemType: "uint64", value: BigUint64Array.of(1n, 2n ** 64n - 1n) }],
]);

test("a value is found as what it is, a 64-bit number as a number", () => {
  expect(ggufString(metadata, "text")).toBe("a");
  expect(ggufBoolean(metadata, "flag")).toBe(false);
  expect(ggufNumber(metadata, "count")).toBe(7);
  expect(ggufNumber(metadata, "long")).toBe(8);
  expect(ggufStrings(metadata, "texts")).toEqual(["a", "b"]);
  expect(ggufNumbers(metadata, "numbers")).toEqual([1, -2]);
  expect(ggufNumbers(metadata, "longs")).toEqual([1, 2]);
});

const readers = { ggufString, ggufBoolean, ggufNumber, ggufStrings, ggufNumbers };
const fitting: Record<keyof typeof readers, readonly string[]> = {
  ggufString: ["text"],
  ggufBoolean: ["flag"],
  ggufNumber: ["count", "long"],
  ggufStrings: ["texts"],
  ggufNumbers: ["numbers", "longs"],
};

test.each(Object.entries(readers))(
  "%s gives undefined for an absent key and refuses every other type",
  (name, read) => {
    expect(read(metadata, "absent")).toBeUndefined();
    for (const key of metadata.keys()) {
      if (fitting[name as keyof typeof readers].includes(key)) continue;
      expect(() => read(metadata, key), key).toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
    }
  },
);

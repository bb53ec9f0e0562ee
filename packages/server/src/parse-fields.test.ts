import { expect, test } from "vitest";
import { z } from "zod";
import { definedOf, parseFields, refuseUnsupported } from "./parse-fields.ts";

const schema = z.object({ a: z.number().optional(), b: z.object({ c: z.array(z.string()) }).optional() });

test("named fields are given, others and null are left out", () => {
  expect(parseFields(schema, { a: 1, b: null, other: true })).toEqual({ a: 1 });
});

test("a field that does not fit is named with its path", () => {
  expect(() => parseFields(schema, { b: { c: ["x", 1] } }, "options")).toThrowError(
    expect.objectContaining({ code: "ERR_INVALID_ARGUMENT", details: { param: "options.b.c[1]" } }),
  );
});

test("an unsupported field may hold what it has anyway, and nothing else", () => {
  const table = { n: [1], format: [{ type: "text" }], grammar: [] };

  refuseUnsupported({ n: 1, format: { type: "text" }, grammar: null, unknown: 1 }, table);

  expect(() => refuseUnsupported({ n: 2 }, table)).toThrow("n is not supported: leave it out or send 1");
  expect(() => refuseUnsupported({ grammar: "x" }, table)).toThrow("grammar is not supported: leave it out");
});

test("undefined fields are dropped, falsy ones stay", () => {
  expect(Object.keys(definedOf({ a: undefined, b: 0, c: "" }))).toEqual(["b", "c"]);
});

import { isPalaverError, type JsonValue } from "@palaver/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { JsonScanner } from "./json-scanner.ts";

function accepts(text: string): boolean {
  const scanner = new JsonScanner(text, "the text");
  try {
    scanner.skip();
    scanner.end();
    return true;
  } catch (error) {
    if (isPalaverError(error, "ERR_FORMAT")) return false;
    throw error;
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test("all JSON passes, however it is spaced", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom(undefined, 1, "\t"), (json, space) => {
      const value = JSON.parse(json) as JsonValue;
      fc.pre(isWellFormed(json));

      expect(accepts(JSON.stringify(value, null, space))).toBe(true);
    }),
  );
});

test("what is no JSON does not pass", () => {
  const fragment = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    '"a"',
    '"b"',
    '"',
    "\\",
    "0",
    "-1.5e3",
    "01",
    "1.",
    "+1",
    "true",
    "nul",
    "null",
    " ",
    "\n",
    "\u00a0",
    "'",
    "//",
  );
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 8 }), (parts) => {
      const text = parts.join("");

      // Ours refuses what JSON.parse lets pass in one case: equal keys.
      if (accepts(text)) expect(parses(text)).toBe(true);
      else expect(parses(text) && !/"([ab])".*"\1"/s.test(text)).toBe(false);
    }),
    { numRuns: 3000 },
  );
});

test.each([
  '{"a":1,"a":2}',
  '{"a":1,"\\u0061":2}',
  '[{"b":{"c":1,"c":1}}]',
  '"\\udfff"',
  "[".repeat(33) + "]".repeat(33),
])("%s is refused although JSON.parse takes it", (text) => {
  expect(parses(text)).toBe(true);
  expect(accepts(text)).toBe(false);
});

test("a number is an integer only in its plain form, up to 2^53 - 1", () => {
  const integer = (text: string) => new JsonScanner(text, "the text").integer();

  expect(integer(" 9007199254740991")).toBe(Number.MAX_SAFE_INTEGER);
  expect(integer("0,")).toBe(0);
  for (const text of ["9007199254740992", "10000000000000000000", "-1", "-0", "1.0", "1e3", "1E3", "01", "", "a"]) {
    expect(() => integer(text)).toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
  }
});

test("lists have so many items in all and no more, wherever they are", () => {
  const read = (text: string) => () => new JsonScanner(text, "the text").skip();
  const many = "0,".repeat(2 ** 21 - 2);
  const limit = expect.objectContaining({ code: "ERR_LIMIT" });

  expect(read(`{"a":[${many}0],"b":[0]}`)).not.toThrow();
  expect(read(`{"a":[${many}0],"b":[0,0]}`)).toThrow(limit);
  expect(read(`[${"[],".repeat(2 ** 21)}0]`)).toThrow(limit);
});

function isWellFormed(json: string): boolean {
  return !/\p{Surrogate}/u.test(json) && !/\\u[dD][89a-fA-F]/.test(json);
}

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pythonCall, pythonCalls } from "./python-calls.ts";
import { PythonLiteralReader } from "./python-literal.ts";

const read = (text: string) => {
  const reader = new PythonLiteralReader(text);
  const value = reader.value();
  return reader.atEnd ? value : undefined;
};

describe("Python literals", () => {
  // The escapes of https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences
  test.each([
    [String.raw`'it\'s'`, "it's"],
    [`"it's"`, "it's"],
    [String.raw`"a\"b\\c"`, 'a"b\\c'],
    [String.raw`'\a\b\f\n\r\t\v'`, "\x07\b\f\n\r\t\v"],
    [String.raw`'\x41\101\0'`, "AA\0"],
    [String.raw`'\u00e9\U0001F642'`, "é🙂"],
    [String.raw`'\q\.'`, String.raw`\q\.`],
    ["'a\\\nb'", "ab"],
    ["''", ""],
    ["1_000", 1000],
    ["-5", -5],
    ["+0.5", 0.5],
    [".5", 0.5],
    ["5.", 5],
    ["1e3", 1000],
    ["-2.5E-1", -0.25],
    ["True", true],
    ["False", false],
    ["None", null],
    ["true", true],
    ["null", null],
    ["[]", []],
    ["[1, 'a', [None],]", [1, "a", [null]]],
    ["{}", {}],
    ["{'a': 1, \"b\": {'c': [True]},}", { a: 1, b: { c: [true] } }],
    [" [ 1 ,\n2 ] ", [1, 2]],
  ])("%s has the value that Python gives it", (text, value) => {
    expect(read(text)).toEqual(value);
  });

  test.each([
    "'open",
    "'a\nb'",
    String.raw`'\U00110000'`,
    "1e999",
    "1__0",
    "nan",
    "x",
    "f'{x}'",
    "'a' 'b'",
    "[1 2]",
    "[,]",
    "[1,,2]",
    "{'a' 1}",
    "{1: 2}",
    "{'a': 1, 'a': 2}",
    "(1, 2)",
    "1 + 1",
    "",
  ])("%j is refused", (text) => {
    expect(read(text)).toBeUndefined();
  });

  test("every JSON value is read from its Python form", () => {
    const value = fc.jsonValue({ maxDepth: 4, stringUnit: "binary" });
    fc.assert(
      fc.property(value, (given) => {
        // -0 is an integer to JSON and a float to Python.
        const json = JSON.parse(JSON.stringify(given));

        expect(read(pythonOf(json))).toEqual(json);
      }),
      { numRuns: 500 },
    );
  });

  test("a key called __proto__ becomes an own key", () => {
    const value = read("{'__proto__': {'admin': True}}");

    expect(Object.hasOwn(Object(value), "__proto__")).toBe(true);
    expect(Object(value).admin).toBeUndefined();
  });
});

describe("pythonCalls", () => {
  test("reads dotted names and a comma behind the last call", () => {
    expect(pythonCalls("[ math.hypot(x=3, y=4,), now( ), ]")).toEqual({
      type: "calls",
      calls: [
        { name: "math.hypot", arguments: { x: 3, y: 4 } },
        { name: "now", arguments: {} },
      ],
    });
  });

  test.each([
    "[]",
    "now()",
    "[now]",
    "[now()",
    "[now()] x",
    "[now(1)]",
    "[now(a=b)]",
    "[now(a=1, a=2)]",
    "[now(**{})]",
  ])("refuses %s", (text) => {
    expect(pythonCalls(text).type).toBe("broken");
  });

  test("reads one call from its arguments alone", () => {
    expect(pythonCall("f", '(query="a, b)")')).toEqual({
      type: "calls",
      calls: [{ name: "f", arguments: { query: "a, b)" } }],
    });
  });
});

/** A value as Python's repr writes it. */
function pythonOf(value: unknown): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") {
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
    const escaped = value.replace(/[\\\n\r\t'"]|[^\x20-\x7e]/g, (sign) => {
      const named = new Map([
        ["\\", "\\\\"],
        ["\n", "\\n"],
        ["\r", "\\r"],
        ["\t", "\\t"],
      ]).get(sign);
      if (named !== undefined) return named;
      if (sign === "'" || sign === '"') return sign === quote ? `\\${sign}` : sign;
      return `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
    });
    return quote + escaped + quote;
  }
  if (Array.isArray(value)) return `[${value.map(pythonOf).join(", ")}]`;
  const entries = Object.entries(Object(value)).map(([key, item]) => `${pythonOf(key)}: ${pythonOf(item)}`);
  return `{${entries.join(", ")}}`;
}

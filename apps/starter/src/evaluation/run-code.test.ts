import { expect, test } from "vitest";
import { compiledCode, runCode } from "./run-code.ts";

test("TypeScript loses its types and runs", () => {
  const code = compiledCode("function add(a: number, b: number): number {\n  return a + b;\n}\n");

  expect(runCode(code!, "add(2, 3)")).toBe(5);
});

test("what is no program does not compile", () => {
  expect(compiledCode("function add(a {")).toBeUndefined();
});

test("code that never ends is ended", () => {
  expect(() => runCode("for (;;);", "1")).toThrow(/timed out/);
});

test("code sees nothing of the program that runs it", () => {
  expect(runCode("", "typeof process + typeof require")).toBe("undefinedundefined");
  expect(runCode("", "this.constructor.constructor('return typeof process')()")).toBe("undefined");
});

import { expect, test } from "vitest";
import { compiledCode, runCode } from "../../evaluation/run-code.ts";
import { createRandom } from "../random.ts";
import { blockFamilies } from "./blocks.ts";
import { expressionFamilies } from "./expressions.ts";
import { hole, type TestedHole } from "./holes.ts";

const random = createRandom(31);
const holes = Array.from({ length: 800 }, () => hole(random, "train"));

test("each family has all its columns", () => {
  for (const family of [...expressionFamilies, ...blockFamilies]) {
    for (const value of Object.values(family)) expect(value.length).toBeGreaterThan(0);
  }
});

test("code compiles and passes its test when the hole is filled", () => {
  // One program for all of them, because to open the compiler and a context for each takes long.
  const programs = holes.map(
    ({ prefix, middle, suffix, test: expression }) =>
      `(() => {\n${prefix}${middle}${suffix}\nreturn ${expression};\n})()`,
  );
  const values = runCode(compiledCode(`const all = [${programs.join(",\n")}];`)!, "JSON.stringify(all)");

  const passed: unknown[] = JSON.parse(String(values));
  const failed = holes.filter((_, index) => passed[index] !== true);
  expect(failed.map(({ prefix, middle }) => `${prefix}⟦${middle}⟧`)).toEqual([]);
});

test("code fails its test when the hole is left empty", () => {
  const empty = holes.slice(0, 60).filter((item) => testValue(item, "") === true);

  expect(empty.map(({ prefix, suffix }) => `${prefix}⟦⟧${suffix}`)).toEqual([]);
});

test("a hole tells what belongs into it", () => {
  const middles = new Map<string, string>();
  for (const { prefix, middle, suffix } of holes) {
    const place = `${prefix}⟦⟧${suffix}`;

    expect(middles.get(place) ?? middle, place).toBe(middle);
    middles.set(place, middle);
  }
});

test("no mark and no brace is left", () => {
  for (const { prefix, middle, suffix } of holes) expect(prefix + middle + suffix).not.toMatch(/[«»]|\{\w+\}\(/);
});

// --- internal ---

/** What the test says of code with this middle; the error where it does not compile or run. */
function testValue({ prefix, suffix, test: expression }: TestedHole, middle: string): unknown {
  const code = compiledCode(prefix + middle + suffix);
  if (code === undefined) return "does not compile";
  try {
    return runCode(code, expression);
  } catch (error) {
    return String(error);
  }
}

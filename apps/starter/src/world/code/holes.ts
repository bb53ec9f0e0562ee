import type { Fim } from "../dialogue.ts";
import { filled } from "../phrasing.ts";
import type { Random } from "../random.ts";
import { type Split, splitOf } from "../split.ts";
import { blockFamilies } from "./blocks.ts";
import { expressionFamilies } from "./expressions.ts";

/** Code with a hole, and an expression that is true where the filled code is right. */
export interface TestedHole extends Fim {
  readonly test: string;
}

/** A small TypeScript function with a hole. */
export function hole(random: Random, split: Split): TestedHole {
  for (;;) {
    const { task, marked, test } = markedCode(random);
    if (splitOf(marked) !== split) continue;
    const spans = spansOf(marked);
    const [from, to] = random.pick(spans);
    const prefix = unmarked(marked.slice(0, from));
    const middle = unmarked(marked.slice(from, to));
    // A whole line has its break in the suffix, so that the middle ends where the line does.
    return { task, prefix, middle, suffix: unmarked(marked.slice(to)), test };
  }
}

/** A small TypeScript function without a hole. */
export function wholeCode(random: Random): string {
  for (;;) {
    const { marked } = markedCode(random);
    if (splitOf(marked) === "train") return unmarked(marked);
  }
}

// --- internal ---

const numberNames = [
  ["a", "b", "c"],
  ["x", "y", "z"],
  ["n", "m", "k"],
  ["first", "second", "third"],
  ["left", "right", "other"],
  ["value", "low", "high"],
  ["p", "q", "r"],
  ["u", "v", "w"],
] as const;
const textNames = [
  ["text", "part"],
  ["word", "other"],
  ["s", "t"],
  ["input", "piece"],
  ["name", "end"],
  ["line", "mark"],
  ["title", "extra"],
] as const;
/** A list and an item of it: the one tells the other, so that a hole with both has one middle. */
const listNames = [
  ["list", "item"],
  ["items", "item"],
  ["values", "value"],
  ["numbers", "number"],
  ["array", "element"],
  ["data", "entry"],
  ["scores", "score"],
  ["ages", "age"],
] as const;
const truthNames = [
  ["flag", "other"],
  ["on", "ready"],
  ["isOpen", "isNew"],
  ["done", "valid"],
] as const;

function markedCode(random: Random): { task: string; marked: string; test: string } {
  const [a, b, c] = random.pick(numberNames);
  const [s, t] = random.pick(textNames);
  const [p, q] = random.pick(truthNames);
  const [l, o] = random.pick(listNames);
  const values = { a, b, c, s, t, p, q, l, o, k: String(random.between(2, random.chance(0.5) ? 12 : 99)) };
  if (random.chance(0.5)) {
    const family = random.pick(blockFamilies);
    const named = { ...values, f: random.pick(family.names) };
    const comment = random.chance(0.5) ? `/** ${filled(family.does, named)} */\n` : "";
    return { task: "fim-block", marked: comment + filled(family.source, named), test: filled(family.test, named) };
  }
  const family = random.pick(expressionFamilies);
  const named = { ...values, f: filled(random.pick(family.names), values) };
  const comment = random.chance(0.5) ? `/** ${filled(family.does, named)} */\n` : "";
  const { sign, result, expression } = family;
  const form = random.next();
  const source =
    form < 0.45
      ? `function {f}(${sign}): ${result} {\n  «return «${expression}»;»\n}\n`
      : form < 0.75
        ? `const {f} = (${sign}): ${result} => «${expression}»;\n`
        : `function {f}(${sign}): ${result} {\n  const result = «${expression}»;\n  «return result;»\n}\n`;
  return { task: "fim-expression", marked: comment + filled(source, named), test: filled(family.test, named) };
}

/** From where to where holes reach, the marks left out. */
function spansOf(marked: string): [number, number][] {
  const spans: [number, number][] = [];
  const open: number[] = [];
  for (let index = 0; index < marked.length; index++) {
    if (marked[index] === "«") open.push(index + 1);
    // Marks come in pairs.
    else if (marked[index] === "»") spans.push([open.pop()!, index]);
  }
  return spans;
}

function unmarked(text: string): string {
  return text.replace(/[«»]/g, "");
}

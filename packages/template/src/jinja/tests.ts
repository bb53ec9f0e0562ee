/** What can stand after `is`. */
import { areEqual, contains, order } from "./compare.ts";
import { isIterable } from "./iterate.ts";
import { isLowerCase, isUpperCase } from "./methods/character-class.ts";
import type { Run, Test } from "./run.ts";
import { toText } from "./to-text.ts";
import type { Arguments, Value } from "./value.ts";

const compared =
  (holds: (difference: number) => boolean): Test =>
  (input, args, run) =>
    holds(order(input, only(args, run), run));

const equal: Test = (input, args, run) => areEqual(input, only(args, run), run);
const unequal: Test = (input, args, run) => !areEqual(input, only(args, run), run);
const greater = compared((difference) => difference > 0);
const greaterOrEqual = compared((difference) => difference >= 0);
const less = compared((difference) => difference < 0);
const lessOrEqual = compared((difference) => difference <= 0);

export const tests: ReadonlyMap<string, Test> = new Map<string, Test>([
  ["boolean", (input) => input.kind === "boolean"],
  ["callable", (input) => input.kind === "object" && input.call !== undefined],
  ["defined", (input) => input.kind !== "undefined"],
  ["divisibleby", (input, args, run) => remainder(input, only(args, run), run) === 0],
  ["escaped", (input) => input.kind === "text" && input.markup],
  ["even", (input, _, run) => remainder(input, undefined, run) === 0],
  ["false", (input) => input.kind === "boolean" && !input.value],
  ["filter", (input, _, run) => input.kind === "text" && run.library.filters.has(input.text)],
  ["float", (input) => input.kind === "float"],
  ["in", (input, args, run) => contains(only(args, run), input, run)],
  ["integer", (input) => input.kind === "integer"],
  ["iterable", isIterable],
  ["lower", cased(isLowerCase)],
  ["mapping", (input) => input.kind === "dict"],
  ["none", (input) => input.kind === "none"],
  ["number", (input) => input.kind === "integer" || input.kind === "float" || input.kind === "boolean"],
  ["odd", (input, _, run) => remainder(input, undefined, run) === 1],
  ["sameas", (input, args, run) => isSame(input, only(args, run))],
  ["sequence", (input) => isIterable(input) && !(input.kind === "list" && input.form === "generator")],
  ["string", (input) => input.kind === "text"],
  ["test", (input) => input.kind === "text" && tests.has(input.text)],
  ["true", (input) => input.kind === "boolean" && input.value],
  ["undefined", (input) => input.kind === "undefined"],
  ["upper", cased(isUpperCase)],
  ...names(equal, "==", "eq", "equalto"),
  ...names(unequal, "!=", "ne"),
  ...names(greater, ">", "gt", "greaterthan"),
  ...names(greaterOrEqual, ">=", "ge"),
  ...names(less, "<", "lt", "lessthan"),
  ...names(lessOrEqual, "<=", "le"),
]);

// --- internal ---

function cased(holds: (text: string) => boolean): Test {
  return (input, _, run) => {
    const { text } = toText(input, run);
    run.budget.step(text.length);
    return holds(text);
  };
}

function names(test: Test, ...spellings: readonly string[]): (readonly [string, Test])[] {
  return spellings.map((spelling) => [spelling, test]);
}

function only(args: Arguments, run: Run): Value {
  return args.positional[0] ?? run.fail("the test needs an argument");
}

function remainder(input: Value, divisor: Value | undefined, run: Run): number {
  const by = divisor === undefined ? 2 : run.expectInteger(divisor, "the argument");
  if (by === 0) run.fail("division by zero");
  const rest = run.expectInteger(input, "the value of the test") % by;
  return rest < 0 !== by < 0 && rest !== 0 ? rest + by : rest;
}

/** Python's identity: small values are single objects, others are compared by reference. */
function isSame(a: Value, b: Value): boolean {
  if (a.kind === "text" || a.kind === "list" || a.kind === "dict" || a.kind === "object") return a === b;
  if (a.kind !== b.kind) return false;
  return "value" in a && "value" in b ? Object.is(a.value, b.value) : true;
}

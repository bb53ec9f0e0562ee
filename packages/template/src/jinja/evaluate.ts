/** Expressions to values. */
import { areEqual, contains, order } from "./compare.ts";
import { iterate } from "./iterate.ts";
import { getAttribute, getItem, getSlice } from "./member.ts";
import { applyBinary, applySign } from "./operators.ts";
import type { Run } from "./run.ts";
import type { Scope } from "./scope.ts";
import type { CallArguments, ComparisonOperator, Expression, FilterUse } from "./syntax.ts";
import { toText } from "./to-text.ts";
import {
  type Arguments,
  booleanValue,
  type DictKey,
  dictKey,
  isTrue,
  listValue,
  noArguments,
  typeName,
  undefinedValue,
  type Value,
} from "./value.ts";

/** The value of an expression. @throws ERR_INVALID_ARGUMENT for what Python would refuse, ERR_LIMIT */
export function evaluate(node: Expression, scope: Scope, run: Run): Value {
  if (node.kind === "constant") return node.value;
  run.budget.enter();
  run.at = node.at;
  const value = evaluateNode(node, scope, run);
  run.budget.leave();
  return value;
}

/** The values of a call's arguments. */
export function evaluateArguments(args: CallArguments, scope: Scope, run: Run): Arguments {
  const { positional, named, spread, namedSpread } = args;
  if (positional.length === 0 && named.length === 0 && !spread && !namedSpread) return noArguments;
  run.budget.step(named.length * 8); // each is an entry of two tables
  const values = positional.map((argument) => evaluate(argument, scope, run));
  if (spread) values.push(...iterate(evaluate(spread, scope, run), run));
  const names = new Map<string, Value>();
  for (const [name, argument] of named) names.set(name, evaluate(argument, scope, run));
  if (namedSpread) {
    const dict = evaluate(namedSpread, scope, run);
    if (dict.kind !== "dict") return run.fail(`"**" needs a dict, got ${typeName(dict)}`);
    for (const [key, value] of dict.entries.values()) names.set(toText(key, run).text, value);
  }
  return { positional: values, named: names };
}

/** The value that a filter makes of its input. */
export function applyFilter(use: FilterUse, input: Value, scope: Scope, run: Run): Value {
  const args = evaluateArguments(use.args, scope, run);
  run.at = use.at;
  const filter = run.library.filters.get(use.name);
  return filter ? filter(input, args, run) : run.fail(`unknown filter "${use.name}"`, "ERR_UNSUPPORTED");
}

// --- internal ---

function evaluateNode(node: Expression, scope: Scope, run: Run): Value {
  switch (node.kind) {
    case "constant":
      return node.value;
    case "name":
      return scope.get(node.name) ?? undefinedValue(`"${node.name}" is undefined`);
    case "attribute":
      return getAttribute(evaluate(node.object, scope, run), node.name, at(node, run));
    case "item":
      return evaluateItem(node, scope, run);
    case "slice":
      return run.fail("a slice stands only in brackets after a value");
    case "call": {
      const callee = evaluate(node.callee, scope, run);
      const args = evaluateArguments(node.args, scope, run);
      return at(node, run).call(callee, args);
    }
    case "filter":
      return applyFilter(node.filter, evaluate(node.input, scope, run), scope, run);
    case "test":
      return evaluateTest(node, scope, run);
    case "not":
      return booleanValue(!isTrue(evaluate(node.operand, scope, run)));
    case "negative":
    case "positive":
      return applySign(node.kind, evaluate(node.operand, scope, run), at(node, run));
    case "and": {
      const left = evaluate(node.left, scope, run);
      return isTrue(left) ? evaluate(node.right, scope, run) : left;
    }
    case "or": {
      const left = evaluate(node.left, scope, run);
      return isTrue(left) ? left : evaluate(node.right, scope, run);
    }
    case "binary": {
      const left = evaluate(node.left, scope, run);
      const right = evaluate(node.right, scope, run);
      return applyBinary(node.operator, left, right, at(node, run));
    }
    case "concat":
      // Constants are free elsewhere; here each is a text to be joined.
      run.budget.step(node.parts.length * 2);
      return run.concat(...node.parts.map((part) => toText(evaluate(part, scope, run), run)));
    case "compare":
      return evaluateComparison(node, scope, run);
    case "conditional":
      if (isTrue(evaluate(node.test, scope, run))) return evaluate(node.whenTrue, scope, run);
      if (node.otherwise) return evaluate(node.otherwise, scope, run);
      return undefinedValue("the condition is false and there is no else");
    case "list":
    case "tuple":
      return listValue(
        node.items.map((item) => evaluate(item, scope, run)),
        node.kind,
      );
    case "dict":
      return evaluateDict(node.pairs, scope, run);
  }
}

/** Errors of what follows name this node, and not the last operand. */
function at(node: Expression, run: Run): Run {
  run.at = node.at;
  return run;
}

function evaluateItem(node: Expression & { kind: "item" }, scope: Scope, run: Run): Value {
  const object = evaluate(node.object, scope, run);
  const { index } = node;
  if (index.kind !== "slice") {
    const value = evaluate(index, scope, run);
    return getItem(object, value, at(node, run));
  }
  const bounds = [index.start, index.stop, index.step].map((bound) => bound && evaluate(bound, scope, run));
  return getSlice(object, bounds, at(node, run));
}

function evaluateTest(node: Expression & { kind: "test" }, scope: Scope, run: Run): Value {
  const input = evaluate(node.input, scope, run);
  const args = evaluateArguments(node.args, scope, run);
  const test = run.library.tests.get(node.name);
  at(node, run);
  return test ? booleanValue(test(input, args, run)) : run.fail(`unknown test "${node.name}"`, "ERR_UNSUPPORTED");
}

function evaluateComparison(node: Expression & { kind: "compare" }, scope: Scope, run: Run): Value {
  let left = evaluate(node.left, scope, run);
  for (const [operator, expression] of node.rest) {
    const right = evaluate(expression, scope, run);
    if (!compare(operator, left, right, at(node, run))) return booleanValue(false);
    left = right;
  }
  return booleanValue(true);
}

function compare(operator: ComparisonOperator, left: Value, right: Value, run: Run): boolean {
  switch (operator) {
    case "==":
      return areEqual(left, right, run);
    case "!=":
      return !areEqual(left, right, run);
    case "in":
      return contains(right, left, run);
    case "not in":
      return !contains(right, left, run);
    case "<":
      return order(left, right, run) < 0;
    case "<=":
      return order(left, right, run) <= 0;
    case ">":
      return order(left, right, run) > 0;
    case ">=":
      return order(left, right, run) >= 0;
  }
}

function evaluateDict(pairs: readonly (readonly [Expression, Expression])[], scope: Scope, run: Run): Value {
  const entries = new Map<DictKey, [Value, Value]>();
  for (const [keyNode, valueNode] of pairs) {
    const key = evaluate(keyNode, scope, run);
    const hashed = dictKey(key);
    if (hashed === undefined) return run.fail(`a value of type ${typeName(key)} cannot be a key`);
    // As in Python, a key that comes again keeps its first form: {1: a, True: b} is {1: b}.
    entries.set(hashed, [entries.get(hashed)?.[0] ?? key, evaluate(valueNode, scope, run)]);
  }
  return { kind: "dict", entries };
}

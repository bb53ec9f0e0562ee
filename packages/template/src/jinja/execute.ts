/** Statements to output. */
import { applyFilter, evaluate, evaluateArguments } from "./evaluate.ts";
import { iterate } from "./iterate.ts";
import { Loop } from "./loop.ts";
import type { Run } from "./run.ts";
import { Scope } from "./scope.ts";
import type { FilterUse, ForStatement, MacroBody, Parameter, Statement, Target } from "./syntax.ts";
import { Text, type TextBuilder } from "./text.ts";
import { outputText } from "./to-text.ts";
import {
  type Arguments,
  type DictKey,
  isTrue,
  listValue,
  type ObjectValue,
  typeName,
  undefinedValue,
  type Value,
} from "./value.ts";

/** How a block ended: by running to its end, or by a tag that concerns the loop around it. */
export type Flow = "next" | "break" | "continue";

/** Runs statements one after the other; what they write goes to `out`. */
export function execute(body: readonly Statement[], scope: Scope, out: TextBuilder, run: Run): Flow {
  for (const statement of body) {
    if (statement.kind === "data") {
      out.add(statement.text);
      continue;
    }
    run.budget.enter();
    run.at = statement.at;
    const flow = executeStatement(statement, scope, out, run);
    run.budget.leave();
    if (flow !== "next") return flow;
  }
  return "next";
}

// --- internal ---

function executeStatement(node: Statement, scope: Scope, out: TextBuilder, run: Run): Flow {
  switch (node.kind) {
    case "data":
      out.add(node.text);
      return "next";
    case "output":
      out.add(outputText(evaluate(node.expression, scope, run), run));
      return "next";
    case "if":
      for (const { test, body } of node.branches) {
        if (isTrue(evaluate(test, scope, run))) return execute(body, scope, out, run);
      }
      return execute(node.otherwise, scope, out, run);
    case "for":
      return executeFor(node, iterate(evaluate(node.iterable, scope, run), run), 0, { scope, out, run });
    case "set":
      assign(node.target, evaluate(node.value, scope, run), scope, run);
      return "next";
    case "set-block":
      assign(node.target, applyFilters(node.filters, capture(node.body, scope, run), scope, run), scope, run);
      return "next";
    case "macro":
      scope.set(node.name, macroValue(node.name, node, scope, run));
      return "next";
    case "call-block":
      executeCallBlock(node, scope, out, run);
      return "next";
    case "filter-block":
      out.add(outputText(applyFilters(node.filters, capture(node.body, scope, run), scope, run), run));
      return "next";
    case "with": {
      const inner = new Scope(scope);
      const values = node.bindings.map(([, value]) => evaluate(value, scope, run));
      node.bindings.forEach(([target], index) => {
        assign(target, values[index]!, inner, run);
      });
      return execute(node.body, inner, out, run);
    }
    case "generation": {
      const inner = run.builder();
      const flow = execute(node.body, scope, inner, run);
      out.add(inner.build().asGenerated());
      return flow;
    }
    case "break":
    case "continue":
      return node.kind;
  }
}

/** What statements write, as a value; they have a scope of their own. */
function capture(body: readonly Statement[], scope: Scope, run: Run): Text {
  const inner = run.builder();
  execute(body, new Scope(scope), inner, run);
  return inner.build();
}

function applyFilters(filters: readonly FilterUse[], text: Text, scope: Scope, run: Run): Value {
  return filters.reduce<Value>((value, filter) => applyFilter(filter, value, scope, run), text);
}

interface Place {
  readonly scope: Scope;
  readonly out: TextBuilder;
  readonly run: Run;
}

function executeFor(node: ForStatement, values: readonly Value[], depth: number, { scope, out, run }: Place): Flow {
  const items = node.condition ? values.filter((item) => passes(node, item, scope, run)) : values;
  const recurse = (inner: Value, innerDepth: number): Value => {
    const innerOut = run.builder();
    executeFor(node, iterate(inner, run), innerDepth, { scope, out: innerOut, run });
    return innerOut.build();
  };
  const loop = new Loop(items, depth, { run, recurse: node.isRecursive ? recurse : undefined });
  const loopValue = loop.value;
  for (let index = 0; index < items.length; index++) {
    run.budget.step(turnSteps);
    loop.index = index;
    // Each turn begins with the variables around the loop: what the last one set is gone.
    const turn = new Scope(scope);
    turn.set("loop", loopValue);
    assign(node.target, items[index]!, turn, run);
    if (execute(node.body, turn, out, run) === "break") break;
  }
  return items.length === 0 ? execute(node.otherwise, new Scope(scope), out, run) : "next";
}

function passes(node: ForStatement, item: Value, scope: Scope, run: Run): boolean {
  const inner = new Scope(scope);
  assign(node.target, item, inner, run);
  return isTrue(evaluate(node.condition!, inner, run));
}

function assign(target: Target, value: Value, scope: Scope, run: Run): void {
  switch (target.kind) {
    case "name":
      scope.set(target.name, value);
      return;
    case "member": {
      const object = scope.get(target.object);
      if (object?.kind !== "object" || !object.assign) {
        run.fail(`cannot set "${target.object}.${target.name}": only namespaces take attributes`);
      }
      object.assign(target.name, value);
      return;
    }
    case "tuple": {
      const items = iterate(value, run);
      if (items.length !== target.targets.length) {
        run.fail(`cannot unpack ${items.length} values of ${typeName(value)} into ${target.targets.length} names`);
      }
      target.targets.forEach((part, index) => {
        assign(part, items[index]!, scope, run);
      });
    }
  }
}

/** What a loop's turn costs beside the nodes in it: making a scope takes about as long as evaluating these. */
const turnSteps = 4;

/** What a macro's call costs beside its nodes: a scope, a table of arguments and a text of its own. */
const callSteps = 12;

type MacroNode = MacroBody & { readonly parameters: readonly Parameter[] };

function macroValue(name: string, node: MacroNode, scope: Scope, run: Run): ObjectValue {
  const call = (args: Arguments): Value => {
    run.budget.step(callSteps);
    const inner = new Scope(scope);
    bindParameters(name, node, args, inner, run);
    const out = run.builder();
    execute(node.body, inner, out, run);
    return out.build();
  };
  const member = (key: string): Value | undefined => (key === "name" ? Text.of(name) : undefined);
  return { kind: "object", typeName: `macro ${name}`, call, member };
}

function bindParameters(macro: string, node: MacroNode, args: Arguments, inner: Scope, run: Run): void {
  const { parameters, takesMore, takesMoreNamed } = node;
  const { positional, named } = args;
  const rest = new Map(named);
  parameters.forEach(({ name, fallback }, index) => {
    const given = positional[index] ?? rest.get(name);
    rest.delete(name);
    if (given) inner.set(name, given);
    else if (fallback) inner.set(name, evaluate(fallback, inner, run));
    else inner.set(name, undefinedValue(`parameter "${name}" of macro "${macro}" was not provided`));
  });
  const caller = rest.get("caller");
  if (caller) inner.set("caller", caller);
  rest.delete("caller");
  if (positional.length > parameters.length && !takesMore) {
    run.fail(`macro "${macro}" takes at most ${parameters.length} arguments, got ${positional.length}`);
  }
  if (rest.size > 0 && !takesMoreNamed) run.fail(`macro "${macro}" takes no argument "${[...rest.keys()][0]}"`);
  if (takesMore) inner.set("varargs", listValue(positional.slice(parameters.length), "tuple"));
  const entries = Array.from(rest, ([key, value]): [DictKey, [Value, Value]] => [key, [Text.of(key), value]]);
  if (takesMoreNamed) inner.set("kwargs", { kind: "dict", entries: new Map(entries) });
}

function executeCallBlock(node: Statement & { kind: "call-block" }, scope: Scope, out: TextBuilder, run: Run): void {
  const callee = evaluate(node.call.callee, scope, run);
  const args = evaluateArguments(node.call.args, scope, run);
  const caller = macroValue("caller", node, scope, run);
  const result = run.call(callee, { ...args, named: new Map([...args.named, ["caller", caller]]) });
  out.add(outputText(result, run));
}

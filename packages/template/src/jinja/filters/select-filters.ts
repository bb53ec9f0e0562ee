/** `map`, `select`, `reject`, `selectattr`, `rejectattr`: filters that apply other filters and tests. */
import { iterate } from "../iterate.ts";
import type { Filter, Run } from "../run.ts";
import { type Arguments, isTrue, listValue, type Value } from "../value.ts";
import { attributeReader } from "./attribute-path.ts";

export const selectFilters: readonly (readonly [string, Filter])[] = [
  ["map", map],
  ["reject", selecting("reject", false, false)],
  ["rejectattr", selecting("rejectattr", true, false)],
  ["select", selecting("select", false, true)],
  ["selectattr", selecting("selectattr", true, true)],
];

// --- internal ---

function map(input: Value, args: Arguments, run: Run): Value {
  // Jinja looks at the items only if the input is true: `none | map(...)` gives nothing.
  const values = isTrue(input) ? iterate(input, run) : [];
  const change = mapper(args, run);
  run.budget.step(values.length);
  return listValue(values.map(change), "generator");
}

function mapper(args: Arguments, run: Run): (value: Value) => Value {
  const attribute = args.positional.length === 0 ? args.named.get("attribute") : undefined;
  if (attribute) return attributeReader(attribute, run, args.named.get("default"));
  const [name, ...positional] = args.positional;
  if (!name) return run.fail("map needs an attribute or the name of a filter");
  const filter = run.library.filters.get(run.expectText(name, "the name of a filter").text);
  if (!filter) return run.fail(`unknown filter "${run.expectText(name, "the name").text}"`, "ERR_UNSUPPORTED");
  return (value) => filter(value, { positional, named: args.named }, run);
}

function selecting(filterName: string, byAttribute: boolean, keeps: boolean): Filter {
  return (input, args, run) => {
    const [path] = byAttribute ? args.positional : [];
    if (byAttribute && !path) return run.fail(`${filterName} needs an attribute`);
    const read = path ? attributeReader(path, run) : (value: Value) => value;
    const [name, ...positional] = args.positional.slice(byAttribute ? 1 : 0);
    const holds = tester(name, { positional, named: args.named }, run);
    const values = isTrue(input) ? iterate(input, run) : [];
    run.budget.step(values.length);
    return listValue(
      values.filter((value) => holds(read(value)) === keeps),
      "generator",
    );
  };
}

function tester(name: Value | undefined, args: Arguments, run: Run): (value: Value) => boolean {
  if (!name) return isTrue;
  const spelled = run.expectText(name, "the name of a test").text;
  const test = run.library.tests.get(spelled);
  if (!test) return run.fail(`unknown test "${spelled}"`, "ERR_UNSUPPORTED");
  return (value) => test(value, args, run);
}

/** Filters over lists and dicts. */
import { areEqual, order } from "../compare.ts";
import { iterate } from "../iterate.ts";
import { lowerCase } from "../methods/change-case.ts";
import { dictItems } from "../methods/collection-methods.ts";
import { applyBinary } from "../operators.ts";
import type { Filter, Run } from "../run.ts";
import { emptyText, Text } from "../text.ts";
import { toText } from "../to-text.ts";
import {
  type Arguments,
  dictKey,
  integerValue,
  isTrue,
  listValue,
  typeName,
  undefinedValue,
  type Value,
} from "../value.ts";
import { attributeReader } from "./attribute-path.ts";

export const listFilters: readonly (readonly [string, Filter])[] = [
  ["batch", batch],
  ["dictsort", dictSort],
  ["first", (input, _, run) => iterate(input, run)[0] ?? undefinedValue("the sequence has no first item")],
  ["groupby", groupBy],
  ["items", items],
  ["join", join],
  ["last", (input, _, run) => iterate(input, run).at(-1) ?? undefinedValue("the sequence has no last item")],
  ["list", (input, _, run) => listValue(iterate(input, run))],
  ["max", extreme("max", 1)],
  ["min", extreme("min", -1)],
  ["reverse", reverse],
  ["slice", slice],
  ["sort", sort],
  ["sum", sum],
  ["unique", unique],
];

// --- internal ---

type Key = (value: Value) => Value;

/** The value by which a filter sorts or compares: an attribute, in lower case unless case counts. */
function sortKey(attribute: Value | undefined, caseSensitive: Value | undefined, run: Run, fallback?: Value): Key {
  const read = attribute && attribute.kind !== "none" ? attributeReader(attribute, run, fallback) : undefined;
  const keepsCase = caseSensitive !== undefined && isTrue(caseSensitive);
  return (value) => {
    const key = read ? read(value) : value;
    return keepsCase || key.kind !== "text" ? key : lowerCase(key);
  };
}

/** Sorted and stable in both directions, as Python's `sorted(reverse=True)` is. */
function sorted(values: readonly Value[], keys: readonly Key[], reverse: Value | undefined, run: Run): Value[] {
  const direction = reverse !== undefined && isTrue(reverse) ? -1 : 1;
  const keyed = values.map((value) => ({ value, keys: keys.map((key) => key(value)) }));
  keyed.sort((a, b) => {
    for (let index = 0; index < keys.length; index++) {
      const difference = order(a.keys[index]!, b.keys[index]!, run);
      if (difference !== 0) return difference * direction;
    }
    return 0;
  });
  return keyed.map((entry) => entry.value);
}

function sort(input: Value, args: Arguments, run: Run): Value {
  const [reverse, caseSensitive, attribute] = run.bind("sort", args, ["reverse", "case_sensitive", "attribute"]);
  const paths: (Value | undefined)[] =
    attribute?.kind === "text" ? attribute.text.split(",").map((path) => Text.of(path)) : [attribute];
  const keys = paths.map((path) => sortKey(path, caseSensitive, run));
  return listValue(sorted(iterate(input, run), keys, reverse, run));
}

function dictSort(input: Value, args: Arguments, run: Run): Value {
  const [caseSensitive, by, reverse] = run.bind("dictsort", args, ["case_sensitive", "by", "reverse"]);
  if (input.kind !== "dict") return run.fail(`dictsort needs a dict, got ${typeName(input)}`);
  const position = by === undefined || (by.kind === "text" && by.text === "key") ? 0 : 1;
  const key = sortKey(integerValue(position), caseSensitive, run);
  return listValue(sorted(dictItems(input), [key], reverse, run));
}

function unique(input: Value, args: Arguments, run: Run): Value {
  const [caseSensitive, attribute] = run.bind("unique", args, ["case_sensitive", "attribute"]);
  const key = sortKey(attribute, caseSensitive, run);
  const seen = new Set<unknown>();
  const others: Value[] = [];
  const kept = iterate(input, run).filter((value) => {
    const wanted = key(value);
    const hashed = dictKey(wanted);
    if (hashed !== undefined) return !seen.has(hashed) && seen.add(hashed) !== undefined;
    if (others.some((other) => areEqual(other, wanted, run))) return false;
    others.push(wanted);
    return true;
  });
  return listValue(kept, "generator");
}

function extreme(name: string, direction: number): Filter {
  return (input, args, run) => {
    const [caseSensitive, attribute] = run.bind(name, args, ["case_sensitive", "attribute"]);
    const key = sortKey(attribute, caseSensitive, run);
    const [first, ...rest] = iterate(input, run);
    if (!first) return undefinedValue("the sequence was empty");
    let best = first;
    for (const value of rest) if (order(key(value), key(best), run) * direction > 0) best = value;
    return best;
  };
}

function sum(input: Value, args: Arguments, run: Run): Value {
  const [attribute, start = integerValue(0)] = run.bind("sum", args, ["attribute", "start"]);
  const read = attribute && attribute.kind !== "none" ? attributeReader(attribute, run) : undefined;
  return iterate(input, run).reduce((total, item) => applyBinary("+", total, read ? read(item) : item, run), start);
}

function join(input: Value, args: Arguments, run: Run): Value {
  const [separator = emptyText, attribute] = run.bind("join", args, ["d", "attribute"]);
  const read = attribute && attribute.kind !== "none" ? attributeReader(attribute, run) : undefined;
  const between = toText(separator, run);
  const builder = run.builder();
  iterate(input, run).forEach((item, index) => {
    run.budget.step();
    if (index > 0) builder.add(between);
    builder.add(toText(read ? read(item) : item, run));
  });
  return builder.build();
}

function items(input: Value, _args: Arguments, run: Run): Value {
  if (input.kind === "undefined") return listValue([], "generator");
  if (input.kind !== "dict") return run.fail(`items needs a dict, got ${typeName(input)}`);
  return listValue(dictItems(input), "generator");
}

function reverse(input: Value, _args: Arguments, run: Run): Value {
  const values = iterate(input, run);
  if (input.kind !== "text") return listValue(values.toReversed(), "generator");
  const builder = run.builder();
  for (const character of values.toReversed()) builder.add(run.expectText(character, "a character"));
  return builder.build();
}

function batch(input: Value, args: Arguments, run: Run): Value {
  const [count, fill] = run.bind("batch", args, ["linecount", "fill_with"], 1);
  const size = Math.max(1, run.expectInteger(count!, "linecount"));
  const values = iterate(input, run);
  const rows: Value[] = [];
  for (let start = 0; start < values.length; start += size) {
    const row = values.slice(start, start + size);
    const missing = fill && fill.kind !== "none" ? size - row.length : 0;
    run.budget.step(missing);
    rows.push(listValue([...row, ...Array.from({ length: missing }, () => fill!)]));
  }
  return listValue(rows, "generator");
}

function slice(input: Value, args: Arguments, run: Run): Value {
  const [count, fill] = run.bind("slice", args, ["slices", "fill_with"], 1);
  const slices = run.expectInteger(count!, "slices");
  if (slices <= 0) run.fail("slice needs at least one slice");
  run.budget.step(slices);
  const values = iterate(input, run);
  const size = Math.floor(values.length / slices);
  const longer = values.length % slices;
  let start = 0;
  const columns = Array.from({ length: slices }, (_, index) => {
    const end = start + size + (index < longer ? 1 : 0);
    const column = values.slice(start, end);
    start = end;
    return listValue(fill && fill.kind !== "none" && index >= longer ? [...column, fill] : column);
  });
  return listValue(columns, "generator");
}

function groupBy(input: Value, args: Arguments, run: Run): Value {
  const [attribute, fallback, caseSensitive] = run.bind("groupby", args, ["attribute", "default", "case_sensitive"], 1);
  const key = sortKey(attribute, caseSensitive, run, fallback);
  const read = attributeReader(attribute!, run, fallback);
  const groups: { key: Value; items: Value[] }[] = [];
  for (const value of sorted(iterate(input, run), [key], undefined, run)) {
    const last = groups.at(-1);
    if (last && areEqual(last.key, key(value), run)) last.items.push(value);
    else groups.push({ key: key(value), items: [value] });
  }
  return listValue(groups.map((group) => listValue([read(group.items[0]!), listValue(group.items)], "tuple")));
}

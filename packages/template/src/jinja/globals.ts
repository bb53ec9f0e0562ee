/** The names that every template finds defined. */
import { PalaverError } from "@palaver/core";
import { iterate } from "./iterate.ts";
import type { Run } from "./run.ts";
import { type CalendarTime, strftime } from "./strftime.ts";
import { emptyText, Text } from "./text.ts";
import { toText } from "./to-text.ts";
import {
  type Arguments,
  type DictKey,
  dictKey,
  integerValue,
  listValue,
  noneValue,
  type ObjectValue,
  type Value,
} from "./value.ts";

/** What Jinja's sandbox allows for one `range`. */
const maxRangeItems = 100_000;

/** The functions of a rendering. `strftime_now` is there only with a clock: templates ask whether it is defined. */
export function globalValues(run: Run, now?: () => CalendarTime): ReadonlyMap<string, Value> {
  const functions: [string, (args: Arguments, run: Run) => Value][] = [
    ["cycler", cycler],
    ["dict", dict],
    ["joiner", joiner],
    ["namespace", namespace],
    ["raise_exception", raiseException],
    ["range", range],
  ];
  if (now) functions.push(["strftime_now", (args) => strftimeNow(args, now, run)]);
  const values = new Map<string, Value>(
    functions.map(([name, call]): [string, ObjectValue] => [
      name,
      { kind: "object", typeName: `function ${name}`, call: (args) => call(args, run) },
    ]),
  );
  if (run.dialect === "javascript") values.set("null", noneValue);
  return values;
}

// --- internal ---

function range(args: Arguments, run: Run): Value {
  const numbers = args.positional.map((value) => run.expectInteger(value, "an argument of range"));
  if (numbers.length < 1 || numbers.length > 3 || args.named.size > 0) run.fail("range takes one to three integers");
  const [start, stop, step] = [numbers.length > 1 ? numbers[0]! : 0, numbers[1] ?? numbers[0]!, numbers[2] ?? 1];
  if (step === 0) run.fail("range needs a step that is not 0");
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (count > maxRangeItems) {
    const message = `range(${numbers.join(", ")}) has ${count} items, the limit is ${maxRangeItems}`;
    throw new PalaverError("ERR_LIMIT", message, { details: { limit: "maxRangeItems", value: maxRangeItems } });
  }
  run.budget.step(count);
  return listValue(Array.from({ length: count }, (_, index) => integerValue(start + index * step)));
}

function dict(args: Arguments, run: Run): Value {
  const entries = new Map<DictKey, [Value, Value]>();
  const [source] = args.positional;
  if (source?.kind === "dict") for (const [key, pair] of source.entries) entries.set(key, [pair[0], pair[1]]);
  else if (source) {
    for (const pair of iterate(source, run)) {
      const [key = noneValue, value = noneValue] = iterate(pair, run);
      entries.set(dictKey(key) ?? run.fail("a dict's key must be a scalar"), [key, value]);
    }
  }
  for (const [name, value] of args.named) entries.set(name, [Text.of(name), value]);
  run.budget.step(entries.size);
  return { kind: "dict", entries };
}

/** An object that `set` can change from inside a loop. */
function namespace(args: Arguments, run: Run): Value {
  const members = new Map<string, Value>();
  for (const source of args.positional) {
    if (source.kind !== "dict") run.fail("namespace takes dicts and named values");
    else for (const [key, value] of source.entries.values()) members.set(toText(key, run).text, value);
  }
  for (const [name, value] of args.named) members.set(name, value);
  return {
    kind: "object",
    typeName: "Namespace",
    member: (name) => members.get(name),
    assign: (name, value) => {
      run.budget.step();
      members.set(name, value);
    },
    entries: () => members,
  };
}

function raiseException(args: Arguments, run: Run): Value {
  const [message] = run.bind("raise_exception", args, ["message"], 1);
  // The template's own words, without a place: they are meant for the person who wrote the conversation.
  throw new PalaverError("ERR_INVALID_ARGUMENT", toText(message!, run).text, { details: { raisedByTemplate: true } });
}

function strftimeNow(args: Arguments, now: () => CalendarTime, run: Run): Value {
  const [format] = run.bind("strftime_now", args, ["format"], 1);
  const text = run.expectText(format!, "format");
  run.budget.charge(text.length * 24);
  return Text.of(strftime(text.text, now()), text.leastTrusted);
}

function joiner(args: Arguments, run: Run): Value {
  const [separator = Text.of(", ")] = run.bind("joiner", args, ["sep"]);
  let used = false;
  return {
    kind: "object",
    typeName: "Joiner",
    call: () => {
      const text = used ? separator : emptyText;
      used = true;
      return text;
    },
  };
}

function cycler(args: Arguments, run: Run): Value {
  const items = args.positional;
  if (items.length === 0) run.fail("cycler needs at least one item");
  let at = 0;
  const method = (call: () => Value): Value => ({ kind: "object", typeName: "method", call });
  const members: Readonly<Record<string, () => Value>> = {
    current: () => items[at]!,
    next: () =>
      method(() => {
        const item = items[at]!;
        at = (at + 1) % items.length;
        return item;
      }),
    reset: () =>
      method(() => {
        at = 0;
        return noneValue;
      }),
  };
  return {
    kind: "object",
    typeName: "Cycler",
    member: (name) => (Object.hasOwn(members, name) ? members[name]!() : undefined),
  };
}

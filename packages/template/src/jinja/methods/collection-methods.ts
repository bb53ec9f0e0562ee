/** The methods of Python's `dict` and `list` that do not change them; Transformers' sandbox forbids the others. */
import { areEqual } from "../compare.ts";
import type { Method } from "../run.ts";
import { type DictValue, dictKey, integerValue, type ListValue, listValue, noneValue, type Value } from "../value.ts";

export const dictMethods: ReadonlyMap<string, Method<DictValue>> = new Map<string, Method<DictValue>>([
  [
    "get",
    (self, args, run) => {
      const [key, fallback = noneValue] = run.bind("get", args, ["key", "default"], 1);
      const found = dictKey(key!);
      return (found === undefined ? undefined : self.entries.get(found)?.[1]) ?? fallback;
    },
  ],
  ["items", (self) => listValue(dictItems(self))],
  ["keys", (self) => listValue(Array.from(self.entries.values(), ([key]) => key))],
  ["values", (self) => listValue(Array.from(self.entries.values(), ([, value]) => value))],
  ["copy", (self) => self],
  ...["clear", "fromkeys", "pop", "popitem", "setdefault", "update"].map(forbidden),
]);

export const listMethods: ReadonlyMap<string, Method<ListValue>> = new Map<string, Method<ListValue>>([
  [
    "count",
    (self, args, run) => {
      const [wanted] = run.bind("count", args, ["value"], 1);
      return integerValue(self.items.filter((item) => areEqual(item, wanted!, run)).length);
    },
  ],
  [
    "index",
    (self, args, run) => {
      const [wanted] = run.bind("index", args, ["value"], 1);
      const index = self.items.findIndex((item) => areEqual(item, wanted!, run));
      return index < 0 ? run.fail("index: the list has no such item") : integerValue(index);
    },
  ],
  ["copy", (self) => self],
  ...["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"].map(forbidden),
]);

/** The pairs of a dict, as tuples. */
export function dictItems(dict: DictValue): Value[] {
  return Array.from(dict.entries.values(), (pair) => listValue(pair, "tuple"));
}

// --- internal ---

function forbidden(name: string): [string, Method<Value>] {
  return [name, (_, _args, run) => run.fail(`"${name}" would change a value: templates must not`)];
}

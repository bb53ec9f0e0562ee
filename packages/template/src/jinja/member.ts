/** `value.name`, `value[index]` and `value[a:b]`, in the order in which Jinja looks: `.` prefers methods, `[]` prefers items. */
import { iterate } from "./iterate.ts";
import type { Method, Run } from "./run.ts";
import { sliceIndices } from "./slice-indices.ts";
import { characterAt, sliceText } from "./slice-text.ts";
import type { Text } from "./text.ts";
import { dictKey, listValue, type ObjectValue, typeName, undefinedValue, type Value } from "./value.ts";

/** `value.name`. Undefined has no attributes: that fails. */
export function getAttribute(value: Value, name: string, run: Run): Value {
  if (value.kind === "undefined") return run.fail(value.reason);
  return boundMethod(value, name, run) ?? entry(value, name) ?? missing(value, name);
}

/** `value[index]`. */
export function getItem(value: Value, index: Value, run: Run): Value {
  if (value.kind === "undefined") return run.fail(value.reason);
  if (value.kind === "dict") {
    const key = dictKey(index);
    const found = key === undefined ? undefined : value.entries.get(key);
    if (found) return found[1];
  }
  const at = index.kind === "integer" ? index.value : index.kind === "boolean" ? Number(index.value) : undefined;
  if (at !== undefined) {
    if (value.kind === "list") return value.items.at(at) ?? missing(value, at);
    if (value.kind === "text") return characterAt(value, at, run) ?? missing(value, at);
  }
  if (index.kind !== "text") return missing(value, typeName(index));
  return boundMethod(value, index.text, run) ?? missing(value, index.text);
}

/** `value[start:stop:step]`, each bound undefined where it is left out. */
export function getSlice(value: Value, bounds: readonly (Value | undefined)[], run: Run): Value {
  if (value.kind === "undefined") return run.fail(value.reason);
  const [start, stop, step = 1] = bounds.map((bound) =>
    bound === undefined || bound.kind === "none" ? undefined : run.expectInteger(bound, "a slice's bound"),
  );
  if (step === 0) run.fail("a slice's step cannot be 0");
  if (value.kind === "list") {
    const indices = sliceIndices(value.items.length, start, stop, step);
    run.budget.step(indices.length);
    return listValue(
      indices.map((index) => value.items[index]!),
      value.form,
    );
  }
  if (value.kind !== "text") return missing(value, "slice");
  return step === 1 ? sliceText(value, start, stop, run) : steppedSlice(value, start, stop, step, run);
}

// --- internal ---

function boundMethod(value: Value, name: string, run: Run): Value | undefined {
  switch (value.kind) {
    case "text":
      return bind(run.library.textMethods.get(name), value, name, run);
    case "list":
      return bind(run.library.listMethods.get(name), value, name, run);
    case "dict":
      return bind(run.library.dictMethods.get(name), value, name, run);
    case "object":
      return value.member?.(name);
    default:
      return undefined;
  }
}

function bind<Self extends Value>(
  method: Method<Self> | undefined,
  self: Self,
  name: string,
  run: Run,
): ObjectValue | undefined {
  if (!method) return undefined;
  return { kind: "object", typeName: `method ${name}`, call: (args) => method(self, args, run) };
}

function entry(value: Value, name: string): Value | undefined {
  return value.kind === "dict" ? value.entries.get(name)?.[1] : undefined;
}

function missing(value: Value, name: string | number): Value {
  const what = typeof name === "number" ? `element ${name}` : `attribute "${name}"`;
  return undefinedValue(`a value of type ${typeName(value)} has no ${what}`);
}

function steppedSlice(value: Text, start: number | undefined, stop: number | undefined, step: number, run: Run): Text {
  const characters = iterate(value, run);
  const builder = run.builder();
  for (const index of sliceIndices(characters.length, start, stop, step)) {
    builder.add(run.expectText(characters[index]!, "a character"));
  }
  return builder.build(value.markup);
}

/** `==`, `<`, `in`: comparison of values. Provenance plays no part: equal characters are equal whoever wrote them. */
import { compareCodePoints } from "./code-points.ts";
import type { Run } from "./run.ts";
import { chargeSearch } from "./search-text.ts";
import { dictKey, typeName, type Value } from "./value.ts";

/** `a == b`. */
export function areEqual(a: Value, b: Value, run: Run, depth = 0): boolean {
  run.budget.checkDepth(depth);
  run.budget.step();
  switch (a.kind) {
    case "text":
      if (b.kind !== "text" || a.length !== b.length) return false;
      run.budget.step(Math.ceil(a.length / 64));
      return a.text === b.text;
    case "undefined":
    case "none":
      return a.kind === b.kind;
    case "boolean":
    case "integer":
    case "float": {
      // In Python 1 == True; in JavaScript's dialect a boolean equals booleans only.
      if (run.dialect === "javascript" && (a.kind === "boolean") !== (b.kind === "boolean")) return false;
      return (
        (b.kind === "boolean" || b.kind === "integer" || b.kind === "float") && Number(a.value) === Number(b.value)
      );
    }
    case "list":
      return (
        b.kind === "list" &&
        a.form === b.form &&
        a.items.length === b.items.length &&
        a.items.every((item, index) => areEqual(item, b.items[index]!, run, depth + 1))
      );
    case "dict":
      if (b.kind !== "dict" || a.entries.size !== b.entries.size) return false;
      for (const [key, [, value]] of a.entries) {
        const other = b.entries.get(key);
        if (!other || !areEqual(value, other[1], run, depth + 1)) return false;
      }
      return true;
    case "object":
      return a === b;
  }
}

/** Negative where `a < b`, positive where `a > b`; fails for values that have no order. */
export function order(a: Value, b: Value, run: Run, depth = 0): number {
  run.budget.checkDepth(depth);
  run.budget.step();
  if (a.kind === "text" && b.kind === "text") {
    run.budget.step(Math.ceil(Math.min(a.length, b.length) / 16));
    return compareCodePoints(a.text, b.text);
  }
  if (isNumeric(a) && isNumeric(b)) return Number(a.value) - Number(b.value);
  if (a.kind === "list" && b.kind === "list" && a.form === b.form) {
    const length = Math.min(a.items.length, b.items.length);
    for (let index = 0; index < length; index++) {
      if (!areEqual(a.items[index]!, b.items[index]!, run, depth + 1)) {
        return order(a.items[index]!, b.items[index]!, run, depth + 1);
      }
    }
    return a.items.length - b.items.length;
  }
  // JavaScript's dialect sorts lists of nothing.
  if (run.dialect === "javascript" && a.kind === b.kind && (a.kind === "none" || a.kind === "undefined")) return 0;
  if (a.kind === "undefined") run.fail(a.reason);
  if (b.kind === "undefined") run.fail(b.reason);
  run.fail(`${typeName(a)} and ${typeName(b)} have no order`);
}

/** `item in container`. */
export function contains(container: Value, item: Value, run: Run): boolean {
  switch (container.kind) {
    case "text":
      if (item.kind === "text") {
        chargeSearch(run, container.length, item.length);
        return container.text.includes(item.text);
      }
      if (item.kind === "undefined" && run.dialect === "javascript") return false;
      return run.fail(`"in" a string needs a string, got ${typeName(item)}`);
    case "list":
      return container.items.some((candidate) => areEqual(candidate, item, run));
    case "dict": {
      const key = dictKey(item);
      return key !== undefined && container.entries.has(key);
    }
    case "undefined":
      return false;
    default:
      return run.fail(`"in" needs a string, a list or a dict, got ${typeName(container)}`);
  }
}

// --- internal ---

function isNumeric(value: Value): value is Value & { kind: "boolean" | "integer" | "float" } {
  return value.kind === "boolean" || value.kind === "integer" || value.kind === "float";
}

import { characterStarts } from "./code-points.ts";
import type { Run } from "./run.ts";
import type { Text } from "./text.ts";
import { typeName, type Value } from "./value.ts";

/** The items that a loop over the value sees: characters of a string, keys of a dict; nothing for undefined. */
export function iterate(value: Value, run: Run): readonly Value[] {
  switch (value.kind) {
    case "list":
      if (value.form !== "generator") return value.items;
      if (value.spent) return [];
      value.spent = true;
      return value.items;
    case "text":
      run.budget.step(value.length);
      return characters(value, run);
    case "dict":
      run.budget.step(value.entries.size);
      return Array.from(value.entries.values(), ([key]) => key);
    case "undefined":
      return [];
    default:
      return run.fail(`a value of type ${typeName(value)} has no items`);
  }
}

/** True for what `iterate` takes. */
export function isIterable(value: Value): boolean {
  return value.kind === "list" || value.kind === "text" || value.kind === "dict" || value.kind === "undefined";
}

// --- internal ---

function characters(value: Text, run: Run): Text[] {
  const starts = characterStarts(value.text, run.budget);
  const count = starts ? starts.length - 1 : value.length;
  return Array.from({ length: count }, (_, index) => {
    const start = starts ? starts[index]! : index;
    return value.slice(start, starts ? starts[index + 1]! : index + 1);
  });
}

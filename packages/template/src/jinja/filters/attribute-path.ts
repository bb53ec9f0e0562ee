import { getItem } from "../member.ts";
import type { Run } from "../run.ts";
import { Text } from "../text.ts";
import { integerValue, type Value } from "../value.ts";

/** Reads `a.0.b` from values, as filters with an `attribute` do. A missing attribute gives `fallback`, or undefined. */
export function attributeReader(path: Value, run: Run, fallback?: Value): (value: Value) => Value {
  const parts = path.kind === "integer" ? [path] : attributeParts(run.expectText(path, "attribute").text);
  return (value) => {
    let current = value;
    for (const part of parts) {
      run.budget.step();
      current = getItem(current, part, run);
      if (current.kind === "undefined" && fallback !== undefined) current = fallback;
    }
    return current;
  };
}

// --- internal ---

function attributeParts(path: string): Value[] {
  return path.split(".").map((part) => (/^[0-9]+$/.test(part) ? integerValue(Number(part)) : Text.of(part)));
}

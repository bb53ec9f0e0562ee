import type { Run } from "./run.ts";
import { integerValue, type NumberValue, type Value } from "./value.ts";

/** The number that a value counts as in arithmetic: booleans are 0 and 1. */
export function asNumber(value: Value): NumberValue | undefined {
  if (value.kind === "integer" || value.kind === "float") return value;
  return value.kind === "boolean" ? integerValue(Number(value.value), value.origin) : undefined;
}

/** An integer result; fails beyond 2^53, where a JavaScript number is no longer exact. */
export function checkedInteger(value: number, origin: NumberValue["origin"], run: Run): NumberValue {
  if (!Number.isSafeInteger(value)) run.fail(`an integer of the size of ${value} is beyond 2^53`, "ERR_LIMIT");
  // `+ 0` turns the minus zero of JavaScript into Python's only zero.
  return integerValue(value + 0, origin);
}

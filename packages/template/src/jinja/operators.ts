/** Arithmetic and concatenation. The result of numbers is the template's only where all of them are. */
import { asNumber, checkedInteger } from "./as-number.ts";
import { escapeHtml } from "./escape-html.ts";
import { leastTrusted } from "./origin.ts";
import { formatPercent } from "./percent-format.ts";
import type { Run } from "./run.ts";
import type { BinaryOperator } from "./syntax.ts";
import type { Text } from "./text.ts";
import { toText } from "./to-text.ts";
import { floatValue, integerValue, listValue, type NumberValue, typeName, type Value } from "./value.ts";

/** `left operator right`. */
export function applyBinary(operator: BinaryOperator, left: Value, right: Value, run: Run): Value {
  const a = asNumber(left);
  const b = asNumber(right);
  if (a && b) return arithmetic(operator, a, b, run);
  if (left.kind === "undefined") run.fail(left.reason);
  if (operator === "%" && left.kind === "text") return formatPercent(left, right, run);
  if (right.kind === "undefined") run.fail(right.reason);
  if (operator === "+") return add(left, right, run);
  if (operator === "*") {
    if (b && left.kind !== "dict") return repeat(left, b, run);
    if (a && right.kind !== "dict") return repeat(right, a, run);
  }
  return run.fail(`${typeName(left)} ${operator} ${typeName(right)} is not defined`);
}

/** `-value` and `+value`. */
export function applySign(sign: "negative" | "positive", value: Value, run: Run): Value {
  const number = asNumber(value);
  if (!number) {
    return run.fail(value.kind === "undefined" ? value.reason : `a value of type ${typeName(value)} has no sign`);
  }
  const result = sign === "negative" ? -number.value : number.value;
  return number.kind === "float" ? floatValue(result, number.origin) : integerValue(result + 0, number.origin);
}

// --- internal ---

function arithmetic(operator: BinaryOperator, a: NumberValue, b: NumberValue, run: Run): NumberValue {
  const origin = leastTrusted(a.origin, b.origin);
  const isInteger = a.kind === "integer" && b.kind === "integer";
  if ((operator === "/" || operator === "//" || operator === "%") && b.value === 0) run.fail("division by zero");
  if (operator === "/") return floatValue(a.value / b.value, origin);
  if (operator === "**") {
    if (isInteger && b.value >= 0) return checkedInteger(a.value ** b.value, origin, run);
    return floatValue(a.value ** b.value, origin);
  }
  const result = compute(operator, a.value, b.value);
  return isInteger ? checkedInteger(result, origin, run) : floatValue(result, origin);
}

function compute(operator: "+" | "-" | "*" | "//" | "%", a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "//":
      return Math.floor(a / b);
    case "%": {
      // Python's remainder has the sign of the divisor.
      const remainder = a % b;
      return remainder !== 0 && remainder < 0 !== b < 0 ? remainder + b : remainder;
    }
  }
}

function add(left: Value, right: Value, run: Run): Value {
  if (left.kind === "text" && right.kind === "text") return addTexts(left, right, run);
  if (left.kind === "list" && right.kind === "list" && left.form === right.form && left.form !== "generator") {
    run.budget.step(left.items.length + right.items.length);
    return listValue([...left.items, ...right.items], left.form);
  }
  // JavaScript's dialect joins a string with any scalar.
  const isJoin = run.dialect === "javascript" && (left.kind === "text" || right.kind === "text");
  if (isJoin) return run.concat(toText(left, run), toText(right, run));
  return run.fail(`${typeName(left)} + ${typeName(right)} is not defined: both must be strings, or lists`);
}

function addTexts(left: Text, right: Text, run: Run): Text {
  if (!left.markup && !right.markup) return run.concat(left, right);
  const parts = [left, right].map((part) => (part.markup ? part : escapeHtml(part, run)));
  return run.concat(...parts).withMarkup(true);
}

function repeat(value: Value, times: NumberValue, run: Run): Value {
  if (times.kind !== "integer") return run.fail("only an integer repeats a string or a list");
  const count = Math.max(0, times.value);
  if (value.kind === "text") {
    run.budget.charge(value.length * count);
    run.budget.step(Math.min(count, value.length * count));
    const builder = run.builder();
    for (let index = 0; index < count && value.length > 0; index++) builder.add(value);
    return builder.build(value.markup);
  }
  if (value.kind !== "list" || value.form === "generator") return run.fail(`cannot repeat ${typeName(value)}`);
  run.budget.step(value.items.length * count);
  return listValue(
    Array.from({ length: count * value.items.length }, (_, i) => value.items[i % value.items.length]!),
    value.form,
  );
}

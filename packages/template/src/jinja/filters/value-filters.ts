/** Filters over numbers and any value. */
import { asNumber } from "../as-number.ts";
import { countCharacters } from "../code-points.ts";
import { fixedText } from "../fixed-text.ts";
import { jsonText } from "../json-text.ts";
import { getAttribute } from "../member.ts";
import { type Origin, templateOrigin } from "../origin.ts";
import type { Filter, Run } from "../run.ts";
import { emptyText, Text } from "../text.ts";
import { type Arguments, floatValue, integerValue, isTrue, typeName, undefinedValue, type Value } from "../value.ts";
import { urlEncode } from "./url-encode.ts";

export const valueFilters: readonly (readonly [string, Filter])[] = [
  ["abs", abs],
  ["attr", attr],
  ["count", length],
  ["d", fallback],
  ["default", fallback],
  ["float", toFloat],
  ["int", toInteger],
  ["length", length],
  ["round", round],
  ["tojson", toJson],
  ["urlencode", (input, _, run) => urlEncode(input, run)],
];

// --- internal ---

function abs(input: Value, _args: Arguments, run: Run): Value {
  const number = asNumber(input);
  if (!number) return run.fail(`abs needs a number, got ${typeName(input)}`);
  return { ...number, value: Math.abs(number.value) };
}

function attr(input: Value, args: Arguments, run: Run): Value {
  const [name] = run.bind("attr", args, ["name"], 1);
  const { text } = run.expectText(name!, "name");
  // Unlike `.`, this never falls back to an item.
  if (input.kind === "dict" && !run.library.dictMethods.has(text))
    return undefinedValue(`dict has no attribute "${text}"`);
  return getAttribute(input, text, run);
}

function fallback(input: Value, args: Arguments, run: Run): Value {
  const [other = emptyText, boolean] = run.bind("default", args, ["default_value", "boolean"]);
  const isMissing = input.kind === "undefined" || (boolean !== undefined && isTrue(boolean) && !isTrue(input));
  return isMissing ? other : input;
}

function length(input: Value, _args: Arguments, run: Run): Value {
  if (input.kind === "text") return integerValue(countCharacters(input.text, run.budget), input.leastTrusted);
  if (input.kind === "list") return integerValue(input.items.length);
  if (input.kind === "dict") return integerValue(input.entries.size);
  if (input.kind === "undefined") return integerValue(0);
  return run.fail(`a value of type ${typeName(input)} has no length`);
}

function originOf(value: Value): Origin {
  if (value.kind === "text") return value.leastTrusted;
  return "origin" in value ? value.origin : templateOrigin;
}

function toInteger(input: Value, args: Arguments, run: Run): Value {
  const [other = integerValue(0), base = integerValue(10)] = run.bind("int", args, ["default", "base"]);
  const origin = originOf(input);
  const exact = input.kind === "text" ? integerOf(input.text, run.expectInteger(base, "base")) : undefined;
  if (exact !== undefined) return exactInteger(exact, origin);
  const number = input.kind === "text" ? floatOf(input.text) : asNumber(input)?.value;
  if (number === undefined || !Number.isFinite(number)) return other;
  return exactInteger(BigInt(Math.trunc(number)), origin);
}

function exactInteger(value: bigint, origin: Origin): Value {
  const near = Number(value);
  return Number.isSafeInteger(near)
    ? integerValue(near, origin)
    : { ...integerValue(near, origin), digits: String(value) };
}

/** Python reads no more digits than this from a string: more would take quadratic time. */
const maxIntegerDigits = 4300;

function integerOf(text: string, base: number): bigint | undefined {
  const [, sign = "", body = ""] = /^([+-]?)(.*)$/s.exec(text.trim())!;
  const prefix = { 2: "0b", 8: "0o", 16: "0x" }[base];
  const digits = prefix && body.toLowerCase().startsWith(prefix) ? body.slice(2) : body;
  if (digits.length > maxIntegerDigits || !/^[0-9a-z](?:_?[0-9a-z])*$/i.test(digits)) return undefined;
  let value = 0n;
  for (const character of digits.replaceAll("_", "")) {
    const digit = Number.parseInt(character, 36);
    if (digit >= base) return undefined;
    value = value * BigInt(base) + BigInt(digit);
  }
  return sign === "-" ? -value : value;
}

function floatOf(text: string): number | undefined {
  const trimmed = text.trim();
  if (
    /^[+-]?(?:[0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9]+)?$/.test(trimmed)
  ) {
    return Number(trimmed.replaceAll("_", ""));
  }
  const [, sign, word] = /^([+-]?)(inf|infinity|nan)$/i.exec(trimmed) ?? [];
  if (!word) return undefined;
  if (word.toLowerCase() === "nan") return Number.NaN;
  return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function toFloat(input: Value, args: Arguments, run: Run): Value {
  const [other = floatValue(0)] = run.bind("float", args, ["default"]);
  const number = input.kind === "text" ? floatOf(input.text) : asNumber(input)?.value;
  return number === undefined ? other : floatValue(number, originOf(input));
}

function round(input: Value, args: Arguments, run: Run): Value {
  const [precision = integerValue(0), method = Text.of("common")] = run.bind("round", args, ["precision", "method"]);
  const number = asNumber(input);
  if (!number) return run.fail(`round needs a number, got ${typeName(input)}`);
  const digits = run.expectInteger(precision, "precision");
  const scale = 10 ** digits;
  const name = run.expectText(method, "method").text;
  if (name === "ceil") return floatValue(Math.ceil(number.value * scale) / scale, number.origin);
  if (name === "floor") return floatValue(Math.floor(number.value * scale) / scale, number.origin);
  if (name !== "common") return run.fail('round needs the method "common", "ceil" or "floor"');
  if (number.kind === "integer" && digits >= 0) return number;
  const value = roundHalfEven(number.value, digits);
  return number.kind === "integer" ? integerValue(value, number.origin) : floatValue(value, number.origin);
}

/** Python rounds the exact binary value, and a tie to the even digit. */
function roundHalfEven(value: number, digits: number): number {
  if (!Number.isFinite(value) || digits > 20) return value;
  if (digits > 0) return Math.sign(value) * Number(fixedText(Math.abs(value), digits));
  const scale = 10 ** -digits;
  const quotient = value / scale;
  const floor = Math.floor(quotient);
  const isTie = quotient - floor === 0.5;
  const rounded = isTie ? (floor % 2 === 0 ? floor : floor + 1) : Math.round(quotient);
  return rounded * scale;
}

function toJson(input: Value, args: Arguments, run: Run): Value {
  const names = ["ensure_ascii", "indent", "separators", "sort_keys"];
  const [ensureAscii, indent, separators, sortKeys] = run.bind("tojson", args, names);
  const step = indentation(indent, run);
  const [item, key] = separators?.kind === "list" ? separators.items : [];
  const options = {
    indent: step,
    itemSeparator: item ? run.expectText(item, "a separator") : Text.of(step === undefined ? ", " : ","),
    keySeparator: key ? run.expectText(key, "a separator") : Text.of(": "),
    ensureAscii: ensureAscii !== undefined && isTrue(ensureAscii),
    sortKeys: sortKeys !== undefined && isTrue(sortKeys),
  };
  return jsonText(input, options, run);
}

function indentation(indent: Value | undefined, run: Run): Text | undefined {
  if (indent === undefined || indent.kind === "none") return undefined;
  if (indent.kind === "text") return indent;
  const width = Math.max(0, run.expectInteger(indent, "indent"));
  run.budget.charge(width);
  return Text.of(" ".repeat(width));
}

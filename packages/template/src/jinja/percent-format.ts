/** `'%s and %d' % (a, b)`: Python's printf-style formatting. */
import { asNumber } from "./as-number.ts";
import { escapeHtml } from "./escape-html.ts";
import { type FormatSpec, formatNumber, plainSpec } from "./number-format.ts";
import type { Origin } from "./origin.ts";
import { padText } from "./pad-text.ts";
import type { Run } from "./run.ts";
import { sliceText } from "./slice-text.ts";
import { Text } from "./text.ts";
import { reprText, toText } from "./to-text.ts";
import { typeName, type Value } from "./value.ts";

/** `format % values`: values are a tuple, a dict for `%(name)s`, or one value. */
export function formatPercent(format: Text, values: Value, run: Run): Text {
  const builder = run.builder();
  const list = values.kind === "list" && values.form === "tuple" ? values.items : [values];
  let used = 0;
  const take = (): Value => list[used++] ?? run.fail("not enough values for the format string");
  let start = 0;
  for (let at = format.text.indexOf("%"); at >= 0; at = format.text.indexOf("%", start)) {
    if (at > start) builder.add(format.slice(start, at));
    const parsed = parseSpecifier(format.text, at, run);
    start = parsed.end;
    if (parsed.spec.type === "%") {
      builder.add(format.slice(start - 1, start));
      continue;
    }
    const spec = { ...parsed.spec };
    if (parsed.width === "*") Object.assign(spec, starWidth(run.expectInteger(take(), "a width")));
    if (parsed.precision === "*")
      Object.assign(spec, { precision: Math.max(0, run.expectInteger(take(), "a precision")) });
    const value = parsed.name === undefined ? take() : named(values, parsed.name, run);
    const text = converted(value, spec, run);
    builder.add(format.markup ? escapeHtml(text, run) : text);
  }
  if (start < format.length) builder.add(format.slice(start, format.length));
  // Python takes a dict or a list that nothing asks for; anything else must be used up.
  const mayBeUnused = values.kind === "dict" || (values.kind === "list" && values.form !== "tuple");
  if (used < list.length && !mayBeUnused) run.fail("not all values were used by the format string");
  return builder.build(format.markup);
}

// --- internal ---

interface Specifier {
  readonly end: number;
  readonly name: string | undefined;
  readonly spec: FormatSpec;
  readonly width: "*" | undefined;
  readonly precision: "*" | undefined;
}

const specifier = /%(?:\(([^()]*)\))?([-+ #0]*)(\*|[0-9]{1,9})?(?:\.(\*|[0-9]{1,9})?)?[hlL]?([diouxXeEfFgGcrsa%])/y;

function parseSpecifier(format: string, at: number, run: Run): Specifier {
  specifier.lastIndex = at;
  const found = specifier.exec(format);
  if (!found) return run.fail("the format string has an unknown specifier");
  const [whole, name, flags = "", width, precision, type = ""] = found;
  const hasPoint = whole.slice(whole.indexOf(")") + 1).includes(".");
  const spec: FormatSpec = {
    ...plainSpec,
    align: flags.includes("-") ? "<" : flags.includes("0") && type !== "s" && type !== "r" ? "=" : ">",
    fill: flags.includes("0") && !flags.includes("-") ? "0" : " ",
    sign: flags.includes("+") ? "+" : flags.includes(" ") ? " " : "-",
    alternate: flags.includes("#"),
    width: width === undefined || width === "*" ? 0 : Number(width),
    precision: !hasPoint ? undefined : Number(precision === "*" ? 0 : (precision ?? 0)),
    type,
  };
  return {
    end: at + whole.length,
    name,
    spec,
    width: width === "*" ? "*" : undefined,
    precision: precision === "*" ? "*" : undefined,
  };
}

function starWidth(width: number): Partial<FormatSpec> {
  return width < 0 ? { align: "<", width: -width } : { width };
}

function named(values: Value, name: string, run: Run): Value {
  if (values.kind !== "dict") return run.fail("the format string needs a dict of values");
  return values.entries.get(name)?.[1] ?? run.fail(`the format string needs a value "${name}"`);
}

function converted(value: Value, spec: FormatSpec, run: Run): Text {
  const { type } = spec;
  const align = spec.align === "=" || spec.align === "" ? ">" : spec.align;
  if (type === "s" || type === "r" || type === "a") {
    const text = type === "s" ? toText(value, run) : reprText(value, run);
    const cut = spec.precision === undefined ? text : sliceText(text, undefined, spec.precision, run);
    return padText(cut, spec.width, { align }, run);
  }
  if (type === "c") {
    const character = value.kind === "integer" ? characterOf(value.value, value.origin, run) : value;
    return padText(run.expectText(character, "the value for %c"), spec.width, { align }, run);
  }
  const number = asNumber(value);
  if (!number) return run.fail(`%${type} needs a number, got ${typeName(value)}`);
  const isWhole = "diu".includes(type);
  const formatted = formatNumber(isWhole ? Math.trunc(number.value) : number.value, spec);
  if (!formatted) return run.fail(`%${type} cannot write ${number.value}`);
  const { sign, digits } = formatted;
  if (spec.align !== "=") return padText(Text.of(sign + digits, number.origin), spec.width, { align }, run);
  const fill = Math.max(0, spec.width - sign.length - digits.length);
  run.budget.charge(fill);
  return Text.of(sign + "0".repeat(fill) + digits, number.origin);
}

function characterOf(code: number, origin: Origin, run: Run): Text {
  if (code < 0 || code > 0x10ffff) run.fail(`${code} is no character`);
  return Text.of(String.fromCodePoint(code), origin);
}

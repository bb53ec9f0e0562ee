/** `'{} is {0!r:>8}'.format(a)`: Python's `str.format`, with attributes and items of the arguments. */
import { asNumber } from "./as-number.ts";
import { escapeHtml } from "./escape-html.ts";
import { getAttribute, getItem } from "./member.ts";
import { type FormatSpec, formatNumber, plainSpec } from "./number-format.ts";
import { leastTrusted, type Origin } from "./origin.ts";
import { padText } from "./pad-text.ts";
import type { Run } from "./run.ts";
import { sliceText } from "./slice-text.ts";
import { Text } from "./text.ts";
import { reprText, toText } from "./to-text.ts";
import { type Arguments, integerValue, typeName, type Value } from "./value.ts";

/** Writes the arguments into the fields of the format string. */
export function formatBraces(format: Text, args: Arguments, run: Run): Text {
  return new BraceFormatter(format, args, run).write();
}

// --- internal ---

class BraceFormatter {
  readonly #format: Text;
  readonly #args: Arguments;
  readonly #run: Run;
  #nextIndex = 0;
  /** Whose characters the current field's fill may be: those of the format string and of fields inside the specification. */
  #fillOrigin: Origin;

  constructor(format: Text, args: Arguments, run: Run) {
    this.#format = format;
    this.#args = args;
    this.#run = run;
    this.#fillOrigin = format.leastTrusted;
  }

  write(): Text {
    const { text } = this.#format;
    const builder = this.#run.builder();
    let start = 0;
    for (let at = nextBrace(text, 0); at < text.length; at = nextBrace(text, start)) {
      this.#run.budget.step();
      builder.add(this.#format.slice(start, at));
      if (text[at + 1] === text[at]) {
        builder.add(this.#format.slice(at, at + 1));
        start = at + 2;
        continue;
      }
      if (text[at] === "}") this.#run.fail('a single "}" in the format string');
      const end = this.#fieldEnd(at);
      const field = this.#field(text.slice(at + 1, end));
      builder.add(this.#format.markup ? escapeHtml(field, this.#run) : field);
      start = end + 1;
    }
    if (start < text.length) builder.add(this.#format.slice(start, text.length));
    return builder.build(this.#format.markup);
  }

  #fieldEnd(open: number): number {
    const { text } = this.#format;
    let depth = 0;
    for (let at = open; at < text.length; at++) {
      if (text[at] === "{") depth++;
      else if (text[at] === "}" && --depth === 0) return at;
    }
    return this.#run.fail('a "{" in the format string has no end');
  }

  #field(field: string): Text {
    const colon = field.search(/[:!]/);
    const name = colon < 0 ? field : field.slice(0, colon);
    const conversion = colon >= 0 && field[colon] === "!" ? field[colon + 1] : undefined;
    const specStart = conversion === undefined ? colon : colon + 2;
    if (conversion !== undefined && field.length > specStart && field[specStart] !== ":") {
      this.#run.fail("a format field has text after its conversion");
    }
    const value = this.#lookup(name);
    const spec = colon < 0 ? "" : this.#expandSpec(field.slice(specStart + 1));
    if (conversion === "r" || conversion === "a") return this.#write(reprText(value, this.#run), spec);
    if (conversion === "s") return this.#write(toText(value, this.#run), spec);
    if (conversion !== undefined) this.#run.fail(`unknown conversion "!${conversion}" in the format string`);
    return this.#write(value, spec);
  }

  #write(value: Value, spec: string): Text {
    return formatValue(value, spec, this.#fillOrigin, this.#run);
  }

  /** A specification may hold fields itself: `{:>{width}}`. */
  #expandSpec(spec: string): string {
    this.#fillOrigin = this.#format.leastTrusted;
    return spec.replace(/\{([^{}]*)\}/g, (_, name: string) => {
      const inner = toText(this.#lookup(name), this.#run);
      this.#fillOrigin = leastTrusted(this.#fillOrigin, inner.leastTrusted);
      return inner.text;
    });
  }

  #lookup(name: string): Value {
    const [first = ""] = /^[^.[]*/.exec(name)!;
    let value = this.#argument(first);
    let rest = name.slice(first.length);
    while (rest !== "") {
      this.#run.budget.step();
      const step = /^\.([^.[]+)|^\[([^\]]+)\]/.exec(rest);
      if (!step) return this.#run.fail("a format field has a broken name");
      const [whole, attribute, item] = step;
      const index = /^[0-9]+$/.test(item ?? "") ? integerValue(Number(item)) : Text.of(item ?? "");
      value = attribute === undefined ? getItem(value, index, this.#run) : getAttribute(value, attribute, this.#run);
      rest = rest.slice(whole.length);
    }
    return value;
  }

  #argument(name: string): Value {
    const index = name === "" ? this.#nextIndex++ : /^[0-9]+$/.test(name) ? Number(name) : undefined;
    const value = index === undefined ? this.#args.named.get(name) : this.#args.positional[index];
    return value ?? this.#run.fail(`the format string needs an argument "${name}"`);
  }
}

function nextBrace(text: string, from: number): number {
  for (let at = from; at < text.length; at++) if (text[at] === "{" || text[at] === "}") return at;
  return text.length;
}

const specPattern = /^(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?([0-9]{1,9})?([,_])?(?:\.([0-9]{1,9}))?([a-zA-Z%])?$/su;

function parseSpec(text: string, run: Run): FormatSpec {
  const found = specPattern.exec(text);
  if (!found) return run.fail("a format field has an unknown specification");
  const [, fill, align, sign, alternate, zero, width, grouping, precision, type] = found;
  return {
    fill: fill ?? (zero ? "0" : " "),
    // The pattern admits exactly the members of these unions.
    align: (align ?? (zero ? "=" : "")) as FormatSpec["align"],
    sign: (sign ?? "-") as FormatSpec["sign"],
    alternate: alternate !== undefined,
    width: Number(width ?? 0),
    grouping: (grouping ?? "") as FormatSpec["grouping"],
    precision: precision === undefined ? undefined : Number(precision),
    type: type ?? "",
  };
}

function formatValue(value: Value, specText: string, fillOrigin: Origin, run: Run): Text {
  const spec = specText === "" ? plainSpec : parseSpec(specText, run);
  const isPlainBoolean = value.kind === "boolean" && spec.type === "";
  const number = isPlainBoolean ? undefined : asNumber(value);
  if (!number) return formatText(toText(value, run), value, spec, fillOrigin, run);
  if (specText === "") return toText(value, run);
  const type = spec.type || (number.kind === "integer" ? "d" : spec.precision === undefined ? "" : "g");
  const plain = { sign: number.value < 0 ? "-" : "", digits: toText(number, run).text.replace("-", "") };
  const written = type === "" ? plain : formatNumber(number.value, { ...spec, type });
  if (!written) return run.fail(`"${spec.type}" cannot write ${number.value}`);
  const { sign, digits } = written;
  if (spec.align === "=") {
    const missing = Math.max(0, spec.width - sign.length - digits.length);
    run.budget.charge(missing);
    return Text.of(sign + spec.fill.repeat(missing) + digits, leastTrusted(number.origin, fillOrigin));
  }
  const align = spec.align === "" ? ">" : spec.align;
  return padText(Text.of(sign + digits, number.origin), spec.width, { align, fill: spec.fill, fillOrigin }, run);
}

function formatText(text: Text, value: Value, spec: FormatSpec, fillOrigin: Origin, run: Run): Text {
  if (spec.type !== "" && spec.type !== "s") run.fail(`"${spec.type}" cannot write ${typeName(value)}`);
  const cut = spec.precision === undefined ? text : sliceText(text, undefined, spec.precision, run);
  const align = spec.align === "" || spec.align === "=" ? "<" : spec.align;
  return padText(cut, spec.width, { align, fill: spec.fill, fillOrigin }, run);
}

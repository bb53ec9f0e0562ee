/** Filters that give text. */
import { countCharacters } from "../code-points.ts";
import { escapeHtml } from "../escape-html.ts";
import { capitalize, lowerCase, titleCaseFilter, upperCase } from "../methods/change-case.ts";
import { replaceText } from "../methods/replace-text.ts";
import { splitLines, splitOn } from "../methods/split-text.ts";
import { stripText } from "../methods/strip-text.ts";
import { padText } from "../pad-text.ts";
import { formatPercent } from "../percent-format.ts";
import type { Filter, Run } from "../run.ts";
import { sliceText } from "../slice-text.ts";
import { Text } from "../text.ts";
import { toText } from "../to-text.ts";
import { type Arguments, integerValue, isTrue, listValue, type Value } from "../value.ts";

const bare =
  (name: string, apply: (input: Text, run: Run) => Value): Filter =>
  (input, args, run) => {
    run.bind(name, args, []);
    const text = toText(input, run);
    run.budget.charge(text.length);
    run.budget.step(Math.ceil(text.length / 2));
    return apply(text, run);
  };

export const textFilters: readonly (readonly [string, Filter])[] = [
  ["capitalize", bare("capitalize", capitalize)],
  ["center", center],
  ["e", bare("e", markEscaped)],
  ["escape", bare("escape", markEscaped)],
  ["forceescape", bare("forceescape", (text, run) => markEscaped(text.withMarkup(false), run))],
  ["format", format],
  ["indent", indent],
  ["lower", bare("lower", lowerCase)],
  ["replace", replace],
  ["safe", (input, _args, run) => toText(input, run).withMarkup(run.dialect === "python")],
  ["string", bare("string", (text) => text)],
  ["title", bare("title", titleCaseFilter)],
  ["trim", trim],
  ["truncate", truncate],
  ["upper", bare("upper", upperCase)],
  ["wordcount", bare("wordcount", (text) => integerValue(countWords(text.text)))],
];

// --- internal ---

function markEscaped(text: Text, run: Run): Text {
  return escapeHtml(text, run).withMarkup(run.dialect === "python");
}

function center(input: Value, args: Arguments, run: Run): Value {
  const [width = integerValue(80)] = run.bind("center", args, ["width"]);
  return padText(toText(input, run), run.expectInteger(width, "width"), { align: "center" }, run);
}

function format(input: Value, args: Arguments, run: Run): Value {
  const entries = Array.from(args.named, ([name, value]): [string, [Value, Value]] => [name, [Text.of(name), value]]);
  const values: Value =
    entries.length > 0 ? { kind: "dict", entries: new Map(entries) } : listValue(args.positional, "tuple");
  return formatPercent(toText(input, run), values, run);
}

function trim(input: Value, args: Arguments, run: Run): Value {
  const [characters] = run.bind("trim", args, ["chars"]);
  const set = characters && characters.kind !== "none" ? run.expectText(characters, "chars") : undefined;
  return stripText(toText(input, run), "both", set, run);
}

function replace(input: Value, args: Arguments, run: Run): Value {
  const [old, replacement, count] = run.bind("replace", args, ["old", "new", "count"], 2);
  const limit = count && count.kind !== "none" ? run.expectInteger(count, "count") : -1;
  return replaceText(toText(input, run).withMarkup(false), toText(old!, run), toText(replacement!, run), limit, run);
}

function indent(input: Value, args: Arguments, run: Run): Value {
  const [width = integerValue(4), first, blank] = run.bind("indent", args, ["width", "first", "blank"]);
  const text = run.expectText(input, "the input of indent");
  const prefix = width.kind === "text" ? width : Text.of(spaces(run.expectInteger(width, "width"), run));
  // A newline more, so that a text that ends with one keeps it, as Jinja does it.
  const lines = splitLines(run.concat(text, Text.of("\n")), false, run);
  const builder = run.builder();
  lines.forEach((line, index) => {
    if (index > 0) builder.addString("\n");
    const indents = index === 0 ? first !== undefined && isTrue(first) : line.length > 0 || isOn(blank);
    if (indents) builder.add(prefix);
    builder.add(line);
  });
  return builder.build(text.markup);
}

function isOn(value: Value | undefined): boolean {
  return value !== undefined && isTrue(value);
}

function spaces(width: number, run: Run): string {
  run.budget.charge(Math.max(width, 0));
  return " ".repeat(Math.max(width, 0));
}

function truncate(input: Value, args: Arguments, run: Run): Value {
  const names = ["length", "killwords", "end", "leeway"];
  const [length = integerValue(255), killWords, end = Text.of("..."), leeway = integerValue(5)] = run.bind(
    "truncate",
    args,
    names,
  );
  const text = run.expectText(input, "the input of truncate");
  const limit = run.expectInteger(length, "length");
  const ending = run.expectText(end, "end");
  const kept = limit - countCharacters(ending.text, run.budget);
  if (kept < 0) run.fail("truncate needs a length that has room for its end");
  if (countCharacters(text.text, run.budget) <= limit + run.expectInteger(leeway, "leeway")) return text;
  const cut = sliceText(text, 0, kept, run);
  if (isOn(killWords)) return run.concat(cut, ending);
  return run.concat(splitOn(cut, Text.of(" "), 1, true, run)[0]!, ending);
}

function countWords(text: string): number {
  return text.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0;
}

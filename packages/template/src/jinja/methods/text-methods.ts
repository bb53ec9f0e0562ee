/** The methods of Python's `str` that templates use. */
import { formatBraces } from "../brace-format.ts";
import { characterStarts, countCharacters } from "../code-points.ts";
import { escapeHtml } from "../escape-html.ts";
import { iterate } from "../iterate.ts";
import { padText } from "../pad-text.ts";
import type { Method, Run } from "../run.ts";
import { chargeSearch, findAll } from "../search-text.ts";
import { sliceBounds } from "../slice-indices.ts";
import type { Text } from "../text.ts";
import { type Arguments, booleanValue, integerValue, isTrue, listValue, type Value } from "../value.ts";
import { capitalize, lowerCase, swapCase, titleCaseWords, upperCase } from "./change-case.ts";
import { classMethods } from "./character-class.ts";
import { replaceText } from "./replace-text.ts";
import { splitLines, splitOn, splitOnSpace, splitOnSpaceFromRight } from "./split-text.ts";
import { stripText } from "./strip-text.ts";

type TextMethod = Method<Text>;

const bare =
  (name: string, apply: (self: Text) => Value): TextMethod =>
  (self, args, run) => {
    run.bind(name, args, []);
    run.budget.charge(self.length);
    // Case is changed character by character.
    run.budget.step(self.length);
    return apply(self);
  };

const strip =
  (name: string, sides: "both" | "left" | "right"): TextMethod =>
  (self, args, run) => {
    const [characters] = run.bind(name, args, ["chars"]);
    return stripText(self, sides, optionalText(characters, "chars", run), run);
  };

const split =
  (name: string, fromRight: boolean): TextMethod =>
  (self, args, run) => {
    const [separator, maximum] = run.bind(name, args, ["sep", "maxsplit"]);
    const limit = maximum ? run.expectInteger(maximum, "maxsplit") : -1;
    const on = optionalText(separator, "sep", run);
    if (on) return listValue(splitOn(self, on, limit, fromRight, run));
    return listValue(fromRight ? splitOnSpaceFromRight(self, limit, run) : splitOnSpace(self, limit, run));
  };

const affix =
  (name: string, has: (text: string, affix: string) => boolean): TextMethod =>
  (self, args, run) => {
    const [wanted, start, end] = run.bind(name, args, ["prefix", "start", "end"], 1);
    const part = characterRange(self, start, end, run).text;
    const options = wanted!.kind === "list" && wanted!.form === "tuple" ? wanted!.items : [wanted!];
    return booleanValue(
      options.some((option) => {
        const { text } = run.expectText(option, `the argument of ${name}`);
        run.budget.step(Math.ceil(text.length / 64));
        return has(part, text);
      }),
    );
  };

const find =
  (name: string, fromRight: boolean, fails: boolean): TextMethod =>
  (self, args, run) => {
    const [wanted, start, end] = run.bind(name, args, ["sub", "start", "end"], 1);
    const { text } = run.expectText(wanted!, `the argument of ${name}`);
    const part = characterRange(self, start, end, run);
    chargeSearch(run, part.length, text.length);
    const at = fromRight ? part.text.lastIndexOf(text) : part.text.indexOf(text);
    if (at < 0) return fails ? run.fail(`${name}: the string has no such part`) : integerValue(-1);
    const offset = start
      ? sliceBounds(countCharacters(self.text, run.budget), run.expectInteger(start, "start"))[0]
      : 0;
    return integerValue(offset + countCharacters(part.text.slice(0, at), run.budget));
  };

const pad =
  (name: string, align: "<" | ">" | "center"): TextMethod =>
  (self, args, run) => {
    const [width, fill] = run.bind(name, args, ["width", "fillchar"], 1);
    const character = optionalText(fill, "fillchar", run);
    const options = character ? { align, fill: character.text, fillOrigin: character.leastTrusted } : { align };
    return padText(self, run.expectInteger(width!, "width"), options, run);
  };

const partition =
  (name: string, fromRight: boolean): TextMethod =>
  (self, args, run) => {
    const [wanted] = run.bind(name, args, ["sep"], 1);
    const separator = run.expectText(wanted!, "sep");
    const [first, ...rest] = splitOn(self, separator, 1, fromRight, run);
    const none = self.slice(0, 0);
    const parts = rest.length > 0 ? [first!, separator, rest[0]!] : fromRight ? [none, none, self] : [self, none, none];
    return listValue(parts, "tuple");
  };

const removeAffix =
  (name: string, isPrefix: boolean): TextMethod =>
  (self, args, run) => {
    const [wanted] = run.bind(name, args, [isPrefix ? "prefix" : "suffix"], 1);
    const { text, length } = run.expectText(wanted!, `the argument of ${name}`);
    if (isPrefix) return self.text.startsWith(text) ? self.slice(length, self.length) : self;
    return self.text.endsWith(text) ? self.slice(0, self.length - length) : self;
  };

export const textMethods: ReadonlyMap<string, TextMethod> = new Map<string, TextMethod>([
  ...classMethods,
  ["capitalize", bare("capitalize", capitalize)],
  ["casefold", bare("casefold", lowerCase)],
  ["center", pad("center", "center")],
  ["count", countOf],
  ["endswith", affix("endswith", (text, wanted) => text.endsWith(wanted))],
  ["find", find("find", false, false)],
  ["format", (self, args, run) => formatBraces(self, args, run)],
  ["index", find("index", false, true)],
  ["join", join],
  ["ljust", pad("ljust", "<")],
  ["lower", bare("lower", lowerCase)],
  ["lstrip", strip("lstrip", "left")],
  ["partition", partition("partition", false)],
  ["removeprefix", removeAffix("removeprefix", true)],
  ["removesuffix", removeAffix("removesuffix", false)],
  ["replace", replace],
  ["rfind", find("rfind", true, false)],
  ["rindex", find("rindex", true, true)],
  ["rjust", pad("rjust", ">")],
  ["rpartition", partition("rpartition", true)],
  ["rsplit", split("rsplit", true)],
  ["rstrip", strip("rstrip", "right")],
  ["split", split("split", false)],
  ["splitlines", lines],
  ["startswith", affix("startswith", (text, wanted) => text.startsWith(wanted))],
  ["strip", strip("strip", "both")],
  ["swapcase", bare("swapcase", swapCase)],
  ["title", bare("title", titleCaseWords)],
  ["upper", bare("upper", upperCase)],
  ["zfill", zeroFill],
]);

// --- internal ---

function optionalText(value: Value | undefined, what: string, run: Run): Text | undefined {
  return value === undefined || value.kind === "none" ? undefined : run.expectText(value, what);
}

/** `text[start:end]` in characters, for methods that take a range. */
function characterRange(self: Text, start: Value | undefined, end: Value | undefined, run: Run): Text {
  if (!start && !end) return self;
  const bound = (value: Value | undefined): number | undefined =>
    value === undefined || value.kind === "none" ? undefined : run.expectInteger(value, "a bound");
  const starts = characterStarts(self.text, run.budget);
  const [first, last] = sliceBounds(starts ? starts.length - 1 : self.length, bound(start), bound(end));
  return self.slice(starts ? starts[first]! : first, starts ? starts[Math.max(first, last)]! : Math.max(first, last));
}

function countOf(self: Text, args: Arguments, run: Run): Value {
  const [wanted, start, end] = run.bind("count", args, ["sub", "start", "end"], 1);
  const part = characterRange(self, start, end, run);
  const { text } = run.expectText(wanted!, "sub");
  if (text === "") return integerValue(countCharacters(part.text, run.budget) + 1);
  return integerValue(findAll(part.text, text, Number.POSITIVE_INFINITY, run).length);
}

function join(self: Text, args: Arguments, run: Run): Value {
  const [list] = run.bind("join", args, ["iterable"], 1);
  const builder = run.builder();
  iterate(list!, run).forEach((item, index) => {
    run.budget.step();
    if (index > 0) builder.add(self);
    const text = run.expectText(item, "an item to join");
    builder.add(self.markup ? escapeHtml(text, run) : text);
  });
  return builder.build(self.markup);
}

function replace(self: Text, args: Arguments, run: Run): Value {
  const [wanted, replacement, count] = run.bind("replace", args, ["old", "new", "count"], 2);
  const limit = count ? run.expectInteger(count, "count") : -1;
  return replaceText(self, run.expectText(wanted!, "old"), run.expectText(replacement!, "new"), limit, run);
}

function lines(self: Text, args: Arguments, run: Run): Value {
  const [keepEnds] = run.bind("splitlines", args, ["keepends"]);
  return listValue(splitLines(self, keepEnds !== undefined && isTrue(keepEnds), run));
}

function zeroFill(self: Text, args: Arguments, run: Run): Value {
  const [width] = run.bind("zfill", args, ["width"], 1);
  const signed = /^[-+]/.test(self.text) ? 1 : 0;
  const rest = self.slice(signed, self.length);
  const options = { align: ">", fill: "0" } as const;
  return run.concat(self.slice(0, signed), padText(rest, run.expectInteger(width!, "width") - signed, options, run));
}

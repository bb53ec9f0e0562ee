/**
 * Reads the regular expressions of model files: Oniguruma's Ruby syntax, which is what the tokenizers library compiles.
 * There `^` and `$` are the ends of lines, `\h` is a hexadecimal digit, `{,3}` is `{0,3}`, and `{3}+` repeats a repeat.
 */
import { PalaverError } from "@palaver/core";
import { limits } from "../limits.ts";
import { bareWord, CharSet, classes, complement, foldCase, type Predicate } from "./char-set.ts";
import { parseClass } from "./parse-class.ts";
import { notWord, PatternReader } from "./pattern-reader.ts";
import type { Anchor, Node } from "./syntax-tree.ts";

/** A tree with what the compiler must know about it. */
export interface ParsedPattern {
  readonly root: Node;
  /** Groups that are numbered. */
  readonly groups: number;
  /** True if a group is referred to. */
  readonly hasReferences: boolean;
}

/** Parses a pattern. @throws ERR_FORMAT, ERR_UNSUPPORTED, ERR_LIMIT */
export function parsePattern(pattern: string): ParsedPattern {
  if (pattern.length > limits.patternChars) {
    throw new PalaverError(
      "ERR_LIMIT",
      `a pattern has ${pattern.length} characters, the limit is ${limits.patternChars}`,
      {
        details: { limit: "patternChars" },
      },
    );
  }
  const parser = new Parser(new PatternReader(pattern));
  const root = parser.choice(0, { fold: false, dotAll: false, extended: false });
  parser.reader.end();
  return { root, groups: parser.groups, hasReferences: parser.hasReferences };
}

// --- internal ---

interface Flags {
  readonly fold: boolean;
  readonly dotAll: boolean;
  readonly extended: boolean;
}

const empty: Node = { type: "empty" };

class Parser {
  readonly reader: PatternReader;
  groups = 0;
  hasReferences = false;

  constructor(reader: PatternReader) {
    this.reader = reader;
  }

  choice(depth: number, flags: Flags): Node {
    if (depth > limits.depth) this.reader.unsupported(`groups deeper than ${limits.depth}`);
    const options = [this.#sequence(depth, flags)];
    while (this.reader.accept("|")) options.push(this.#sequence(depth, flags));
    return options.length === 1 ? options[0]! : { type: "choice", options };
  }

  #sequence(depth: number, given: Flags): Node {
    const items: Node[] = [];
    let flags = given;
    while (!this.reader.done && !this.reader.at("|") && !this.reader.at(")")) {
      if (flags.extended && this.#comment()) continue;
      const switched = this.#flagSwitch(flags);
      if (switched !== undefined) {
        // (?i) holds to the end of the group, over the next bars as well.
        flags = switched;
        const rest = this.choice(depth + 1, flags);
        return { type: "sequence", items: [...items, rest] };
      }
      items.push(this.#repeated(this.#item(depth, flags)));
    }
    if (items.length === 1) return items[0]!;
    return items.length === 0 ? empty : { type: "sequence", items };
  }

  #comment(): boolean {
    if (this.reader.accept("#")) {
      while (!this.reader.done && this.reader.take() !== "\n");
      return true;
    }
    return /^\s$/.test(this.reader.peek()) && this.reader.take() !== "";
  }

  /** `(?i)` and the like: the flags that hold from here on. */
  #flagSwitch(flags: Flags): Flags | undefined {
    const found = this.reader.acceptMatch(/^\(\?([imx]*)(?:-([imx]*))?\)/);
    return found === undefined ? undefined : withFlags(flags, found[1] ?? "", found[2] ?? "");
  }

  #item(depth: number, flags: Flags): Node {
    const { reader } = this;
    const char = reader.take();
    switch (char) {
      case "(":
        return this.#group(depth, flags);
      case "[":
        return setNode(parseClass(reader, depth), flags);
      case ".":
        return setNode(flags.dotAll ? classes.any : classes.notNewline, { ...flags, fold: false });
      case "^":
        return { type: "anchor", anchor: "line-start" };
      case "$":
        return { type: "anchor", anchor: "line-end" };
      case "\\":
        return this.#escape(flags);
      case "*":
      case "+":
      case "?":
        return reader.fail("nothing to repeat");
      default:
        return literal(char.codePointAt(0)!, flags);
    }
  }

  #group(depth: number, flags: Flags): Node {
    const { reader } = this;
    const close = (inner: Flags): Node => {
      const item = this.choice(depth + 1, inner);
      reader.expect(")");
      return item;
    };
    if (reader.accept("?#")) {
      while (!reader.done && !reader.at(")")) reader.take();
      reader.expect(")");
      return empty;
    }
    if (reader.accept("?:")) return close(flags);
    if (reader.accept("?>")) return { type: "atomic", item: close(flags) };
    for (const [mark, behind, negative] of looks) {
      if (reader.accept(mark)) return { type: "look", behind, negative, item: close(flags) };
    }
    const scoped = reader.acceptMatch(/^\?([imx]*)(?:-([imx]*))?:/);
    if (scoped !== undefined) return close(withFlags(flags, scoped[1] ?? "", scoped[2] ?? ""));
    if (reader.acceptMatch(/^\?(?:P?<[A-Za-z_]\w*>)/) === undefined && reader.at("?")) {
      reader.unsupported("this kind of group");
    }
    const index = ++this.groups;
    return { type: "group", index, item: close(flags) };
  }

  #escape(flags: Flags): Node {
    const { reader } = this;
    const anchor = anchors.get(reader.peek());
    if (anchor !== undefined) {
      reader.take();
      return { type: "anchor", anchor };
    }
    const reference = reader.acceptMatch(/^[1-9]/);
    if (reference !== undefined) {
      this.hasReferences = true;
      return { type: "reference", index: Number(reference[0]) };
    }
    const found = reader.escape();
    if (typeof found === "number") return literal(found, flags);
    return setNode(bareWords.get(found) ?? found, { ...flags, fold: false });
  }

  #repeated(item: Node): Node {
    const { reader } = this;
    let node = item;
    for (;;) {
      const symbol = reader.acceptMatch(/^[*+?]/)?.[0];
      const braces =
        symbol === undefined ? reader.acceptMatch(/^\{(?:(\d{1,6})(,)?(\d{1,6})?|,(\d{1,6}))\}/) : undefined;
      if (symbol === undefined && braces === undefined) return node;
      const [min, max] = symbol === undefined ? bounds(braces!) : symbolBounds(symbol);
      if (min > limits.patternRepeats || (Number.isFinite(max) && max > limits.patternRepeats)) {
        reader.unsupported(`more than ${limits.patternRepeats} repetitions`);
      }
      if (max < min) reader.fail("repetitions out of order");
      // Behind braces a plus sign repeats the repeat; behind a symbol it makes it possessive.
      const mode = reader.accept("?") ? "lazy" : symbol !== undefined && reader.accept("+") ? "possessive" : "greedy";
      node = { type: "repeat", item: node, min, max, mode };
    }
  }
}

const looks = [
  ["?=", false, false],
  ["?!", false, true],
  ["?<=", true, false],
  ["?<!", true, true],
] as const;

const anchors = new Map<string, Anchor>([
  ["A", "text-start"],
  ["z", "text-end"],
  ["Z", "text-end-line"],
  ["b", "word"],
  ["B", "not-word"],
  ["G", "search-start"],
]);

/** Sets that mean more outside of brackets. */
const bareWords = new Map<Predicate, Predicate>([
  [classes.word, bareWord],
  [notWord, complement(bareWord)],
]);

function withFlags(flags: Flags, on: string, off: string): Flags {
  const value = (letter: string, before: boolean): boolean =>
    off.includes(letter) ? false : on.includes(letter) || before;
  return { fold: value("i", flags.fold), dotAll: value("m", flags.dotAll), extended: value("x", flags.extended) };
}

function setNode(has: Predicate, { fold }: Flags): Node {
  return { type: "set", set: new CharSet(fold ? foldCase(has) : has) };
}

function literal(code: number, flags: Flags): Node {
  return setNode((other) => other === code, flags);
}

function symbolBounds(symbol: string): [number, number] {
  if (symbol === "?") return [0, 1];
  return [symbol === "+" ? 1 : 0, Number.POSITIVE_INFINITY];
}

function bounds([, min, comma, max, most]: RegExpExecArray): [number, number] {
  if (most !== undefined) return [0, Number(most)];
  if (comma === undefined) return [Number(min), Number(min)];
  return [Number(min), max === undefined ? Number.POSITIVE_INFINITY : Number(max)];
}

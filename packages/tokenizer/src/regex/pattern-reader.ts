import { PalaverError } from "@palaver/core";
import { classes, complement, namedClass, type Predicate } from "./char-set.ts";

/** `\W`. */
export const notWord: Predicate = complement(classes.word);

/** A place in the text of a pattern, with the escapes that mean the same inside and outside of brackets. */
export class PatternReader {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  get done(): boolean {
    return this.#at >= this.#pattern.length;
  }

  /** The next character, "" at the end. */
  peek(): string {
    return this.done ? "" : String.fromCodePoint(this.#pattern.codePointAt(this.#at)!);
  }

  at(text: string): boolean {
    return this.#pattern.startsWith(text, this.#at);
  }

  /** Steps over one character. */
  take(): string {
    const char = this.peek();
    if (char === "") this.fail("unexpected end");
    this.#at += char.length;
    return char;
  }

  /** Steps over `text` if it comes next. */
  accept(text: string): boolean {
    if (!this.at(text)) return false;
    this.#at += text.length;
    return true;
  }

  /** Steps over what `pattern`, one of ours that begins with `^`, finds here. */
  acceptMatch(pattern: RegExp): RegExpExecArray | undefined {
    const found = pattern.exec(this.#pattern.slice(this.#at, this.#at + longestToken)) ?? undefined;
    if (found !== undefined) this.#at += found[0].length;
    return found;
  }

  expect(text: string): void {
    if (!this.accept(text)) this.fail(`expected ${text}`);
  }

  /** Nothing may follow. */
  end(): void {
    if (!this.done) this.fail(`unexpected ${this.peek()}`);
  }

  /** Reads what follows a backslash: a code point or a set. */
  escape(): number | Predicate {
    const char = this.take();
    const shorthand = shorthands.get(char);
    if (shorthand !== undefined) return shorthand;
    const control = controls.get(char);
    if (control !== undefined) return control;
    if (char === "p" || char === "P") return this.#property(char === "P");
    if (char === "x" || char === "u") return this.#codePoint(char);
    if (/[A-Za-z0-9]/.test(char)) this.unsupported(`\\${char}`);
    return char.codePointAt(0)!;
  }

  fail(what: string): never {
    throw new PalaverError("ERR_FORMAT", `the pattern ${this.#shown()} is malformed: ${what} at ${this.#at}`, {
      details: { pattern: this.#pattern, offset: this.#at },
    });
  }

  unsupported(what: string): never {
    throw new PalaverError("ERR_UNSUPPORTED", `the pattern ${this.#shown()} uses ${what}, which is not supported`, {
      details: { pattern: this.#pattern, offset: this.#at },
    });
  }

  #property(isComplement: boolean): Predicate {
    const found = this.acceptMatch(/^\{(\^?)([^{}]{1,60})\}/) ?? this.acceptMatch(/^()([A-Z])/);
    if (found === undefined) this.fail("expected the name of a property");
    const property = namedClass(found[2]!);
    if (property === undefined) this.unsupported(`the property ${found[2]}`);
    return isComplement !== (found[1] === "^") ? complement(property) : property;
  }

  #codePoint(kind: string): number {
    const braces = this.acceptMatch(/^\{([0-9a-fA-F]{1,8})\}/);
    const found = braces ?? this.acceptMatch(kind === "u" ? /^([0-9a-fA-F]{4})/ : /^([0-9a-fA-F]{1,2})/);
    const code = Number.parseInt(found?.[1] ?? "", 16);
    if (!(code <= 0x10ffff)) this.fail("expected a code point");
    return code;
  }

  #shown(): string {
    return JSON.stringify(this.#pattern.length > 80 ? `${this.#pattern.slice(0, 80)}…` : this.#pattern);
  }
}

// --- internal ---

/** Longer than any token that `acceptMatch` looks for. */
const longestToken = 80;

const shorthands = new Map<string, Predicate>([
  ["s", classes.space],
  ["S", complement(classes.space)],
  ["d", classes.digit],
  ["D", complement(classes.digit)],
  ["w", classes.word],
  ["W", notWord],
  ["h", classes.hex],
  ["H", complement(classes.hex)],
]);

const controls = new Map<string, number>([
  ["n", 0x0a],
  ["r", 0x0d],
  ["t", 0x09],
  ["f", 0x0c],
  ["v", 0x0b],
  ["a", 0x07],
  ["e", 0x1b],
  ["0", 0x00],
]);

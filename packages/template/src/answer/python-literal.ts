/**
 * Python literals as models write them in calls: strings with escapes, numbers, True, False, None, lists and dicts
 * (https://docs.python.org/3/reference/lexical_analysis.html#literals). JSON's true, false and null count too, because
 * models mix them up and nothing else can be meant. Not read: other kinds of strings (raw, bytes, formatted, triple
 * quotes, neighbours that Python joins), tuples, sets, complex numbers, hexadecimal numbers, expressions.
 */
import type { JsonObject, JsonValue } from "@palaver/core";

const words = new Map<string, JsonValue>([
  ["True", true],
  ["False", false],
  ["None", null],
  ["true", true],
  ["false", false],
  ["null", null],
]);

const simpleEscapes = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["v", "\v"],
  ["\\", "\\"],
  ["'", "'"],
  ['"', '"'],
  ["\n", ""],
]);

// Sticky, and each without two ways to match one text, so that matching is linear.
const spacePattern = /[ \t\n\r]*/y;
const wordPattern = /[\p{L}_][\p{L}\p{N}_]*/uy;
const numberPattern = /[+-]?(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const codePattern = /x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}/y;

/** Reads Python from a text that is complete. Every method gives undefined, wherever it then stands, for what it cannot read. */
export class PythonLiteralReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    this.#match(spacePattern);
    return this.#at === this.#text.length;
  }

  /** Passes blanks and this sign, or nothing. */
  sign(sign: string): boolean {
    this.#match(spacePattern);
    if (!this.#text.startsWith(sign, this.#at)) return false;
    this.#at += sign.length;
    return true;
  }

  /** A name, or several joined by dots. */
  name(): string | undefined {
    const parts: string[] = [];
    do {
      const part = this.#word();
      if (part === undefined) return undefined;
      parts.push(part);
    } while (this.sign("."));
    return parts.join(".");
  }

  /** Arguments by name behind the opening parenthesis, and the closing one. */
  keywords(): JsonObject | undefined {
    return this.#entries(")", () => {
      const key = this.#word();
      return key === undefined || !this.sign("=") ? undefined : key;
    });
  }

  /** Any literal. Callers bound the nesting by MAX_CALL_DEPTH. */
  value(): JsonValue | undefined {
    if (this.sign("[")) return this.#items();
    if (this.sign("{")) return this.#dict();
    if (this.sign('"')) return this.#string('"');
    if (this.sign("'")) return this.#string("'");
    const number = this.#match(numberPattern);
    if (number === "") return words.get(this.#word() ?? "");
    const value = Number(number.replaceAll("_", ""));
    return Number.isFinite(value) ? value : undefined;
  }

  #items(): JsonValue[] | undefined {
    const items: JsonValue[] = [];
    while (!this.sign("]")) {
      if (items.length > 0 && !this.sign(",")) return undefined;
      if (items.length > 0 && this.sign("]")) return items;
      const value = this.value();
      if (value === undefined) return undefined;
      items.push(value);
    }
    return items;
  }

  #dict(): JsonObject | undefined {
    return this.#entries("}", () => {
      const key = this.sign('"') ? this.#string('"') : this.sign("'") ? this.#string("'") : undefined;
      return key === undefined || !this.sign(":") ? undefined : key;
    });
  }

  // fromEntries makes own properties of every key, so that "__proto__" is a key like any other.
  #entries(close: string, readKey: () => string | undefined): JsonObject | undefined {
    const entries = new Map<string, JsonValue>();
    for (let first = true; !this.sign(close); first = false) {
      if (!first && !this.sign(",")) return undefined;
      if (!first && this.sign(close)) break;
      const key = readKey();
      const value = key === undefined ? undefined : this.value();
      if (key === undefined || value === undefined || entries.has(key)) return undefined;
      entries.set(key, value);
    }
    return Object.fromEntries(entries);
  }

  #string(quote: string): string | undefined {
    let value = "";
    for (let from = this.#at; ; ) {
      const sign = this.#text.charAt(this.#at);
      if (sign === "" || sign === "\n") return undefined;
      this.#at++;
      if (sign !== quote && sign !== "\\") continue;
      value += this.#text.slice(from, this.#at - 1);
      if (sign === quote) return value;
      const escaped = this.#escape();
      if (escaped === undefined) return undefined;
      value += escaped;
      from = this.#at;
    }
  }

  // Python keeps the backslash of an escape that it does not know.
  #escape(): string | undefined {
    const code = this.#match(codePattern);
    if (code === "") {
      const sign = this.#text.charAt(this.#at++);
      return sign === "" ? undefined : (simpleEscapes.get(sign) ?? `\\${sign}`);
    }
    const point = /^[xuU]/.test(code) ? Number.parseInt(code.slice(1), 16) : Number.parseInt(code, 8);
    return point > 0x10ffff ? undefined : String.fromCodePoint(point);
  }

  #word(): string | undefined {
    this.#match(spacePattern);
    return this.#match(wordPattern) || undefined;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }
}

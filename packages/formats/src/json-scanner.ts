/**
 * Reads JSON (RFC 8259) token by token, for headers whose grammar is known. `JSON.parse` would keep the last of two
 * equal keys without a word, round large integers, and build whatever the text describes before anyone can object.
 */

import { PalaverError } from "@palaver/core";
import { malformed } from "./malformed.ts";

// 130,000 tensors of three fields; a mixture of experts with 100,000 is spread over a hundred files.
// A key of five characters costs a hundred bytes of memory.
const MAX_KEYS = 2 ** 19;

// Sixteen for each tensor that the keys allow: its dimensions and its place. Empty lists in a list cost two bytes apiece.
const MAX_ITEMS = 2 ** 21;

// Values that nobody asked for are passed over only this deep.
const MAX_SKIPPED_DEPTH = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const INTEGER = /(?:0|[1-9][0-9]{0,15})(?![0-9.eE])/y;
const LITERAL = /true|false|null/y;

export class JsonScanner {
  readonly #text: string;
  readonly #owner: string;
  #at = 0;
  #keys = 0;
  #items = 0;

  /** `owner` begins every error message. */
  constructor(text: string, owner: string) {
    this.#text = text;
    this.#owner = owner;
  }

  /** Reads an object: for each key, `readValue` must read its value. @throws ERR_FORMAT for a key that comes twice, ERR_LIMIT */
  object(readValue: (key: string) => void): void {
    const keys = new Set<string>();
    this.#members("{", "}", () => {
      if (++this.#keys > MAX_KEYS) {
        throw new PalaverError("ERR_LIMIT", `${this.#owner} has more than ${MAX_KEYS} keys`);
      }
      const key = this.string();
      if (keys.has(key)) throw this.error(`the key ${JSON.stringify(key.slice(0, 100))} twice`);
      keys.add(key);
      this.#expect(":");
      readValue(key);
    });
  }

  /** Reads an array: `readItem` must read each item. All arrays of a text share one budget. @throws ERR_LIMIT */
  array(readItem: () => void): void {
    this.#members("[", "]", () => {
      if (++this.#items > MAX_ITEMS) {
        throw new PalaverError("ERR_LIMIT", `${this.#owner} has more than ${MAX_ITEMS} items in lists`);
      }
      readItem();
    });
  }

  /** Reads a string. @throws ERR_FORMAT for broken escapes and lone surrogates */
  string(): string {
    this.#expect('"');
    const start = this.#at;
    // Most strings have neither escapes nor anything beyond ASCII, and then are what stands there.
    let plain = true;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (Number.isNaN(code)) throw this.error("a string without an end");
      if (code === QUOTE) break;
      if (code < 0x20 || code > 0x7e || code === BACKSLASH) plain = false;
      this.#at += code === BACKSLASH ? 2 : 1;
    }
    const value = this.#text.slice(start, this.#at++);
    return plain ? value : this.#unescaped(value);
  }

  /** Reads a natural number that a `number` holds exactly. */
  integer(): number {
    const value = Number(this.#match(INTEGER) ?? Number.NaN);
    if (!Number.isSafeInteger(value)) throw this.error("something else than a natural number up to 2^53");
    return value;
  }

  /** Passes over any value. */
  skip(depth = 1): void {
    if (depth > MAX_SKIPPED_DEPTH) throw this.error(`values nested more than ${MAX_SKIPPED_DEPTH} deep`);
    const next = this.#peek();
    if (next === "{") this.object(() => this.skip(depth + 1));
    else if (next === "[") this.array(() => this.skip(depth + 1));
    else if (next === '"') this.string();
    else if (this.#match(NUMBER) === undefined && this.#match(LITERAL) === undefined) throw this.error("no JSON value");
  }

  /** Demands that only white space follows. */
  end(): void {
    if (this.#peek() !== undefined) throw this.error("something after its end");
  }

  /** An `ERR_FORMAT` error at the current place. */
  error(what: string): Error {
    return malformed(`${this.#owner} has ${what} near character ${this.#at}`, { character: this.#at });
  }

  // --- internal ---

  #members(open: string, close: string, readMember: () => void): void {
    this.#expect(open);
    if (this.#peek() === close) {
      this.#at++;
      return;
    }
    for (;;) {
      readMember();
      const next = this.#peek();
      if (next !== "," && next !== close) throw this.error(`no "," or "${close}"`);
      this.#at++;
      if (next === close) return;
    }
  }

  #expect(character: string): void {
    if (this.#peek() !== character) throw this.error(`no ${JSON.stringify(character)}`);
    this.#at++;
  }

  #peek(): string | undefined {
    for (;;) {
      const next = this.#text[this.#at];
      if (next !== " " && next !== "\n" && next !== "\r" && next !== "\t") return next;
      this.#at++;
    }
  }

  #match(pattern: RegExp): string | undefined {
    this.#peek();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #unescaped(raw: string): string {
    let value: string;
    try {
      value = JSON.parse(`"${raw}"`) as string;
    } catch {
      throw this.error("a broken string");
    }
    if (/\p{Surrogate}/u.test(value)) throw this.error("a string that is not Unicode");
    return value;
  }
}

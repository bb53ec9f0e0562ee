import { PalaverError } from "@palaver/core";
import { syntaxError } from "./syntax-error.ts";
import type { Token } from "./token.ts";

/** The tokens of a template, read one after the other by the parser. */
export class TokenStream {
  readonly source: string;
  readonly #tokens: readonly Token[];
  readonly #maxNesting: number;
  /** The filters and tests that the template names, in the order of the source. */
  readonly uses: { readonly kind: "filter" | "test"; readonly name: string; readonly at: number }[] = [];
  /** Set by the parser where it meets `{% generation %}`. */
  hasGenerationMarkers = false;
  #index = 0;
  #nesting = 0;

  constructor(source: string, tokens: readonly Token[], maxNesting: number) {
    this.source = source;
    this.#tokens = tokens;
    this.#maxNesting = maxNesting;
  }

  get current(): Token {
    return this.#tokens[this.#index]!;
  }

  get following(): Token {
    return this.#tokens[Math.min(this.#index + 1, this.#tokens.length - 1)]!;
  }

  /** Gives the current token and goes on; stays on the last one. */
  next(): Token {
    const token = this.current;
    if (this.#index < this.#tokens.length - 1) this.#index++;
    return token;
  }

  isOperator(value: string): boolean {
    return this.current.type === "operator" && this.current.value === value;
  }

  isName(...values: readonly string[]): boolean {
    return this.current.type === "name" && values.includes(this.current.value);
  }

  /** Goes past this operator if it is there. */
  skipOperator(value: string): boolean {
    const found = this.isOperator(value);
    if (found) this.next();
    return found;
  }

  /** Goes past this word if it is there. */
  skipName(value: string): boolean {
    const found = this.isName(value);
    if (found) this.next();
    return found;
  }

  /** @throws ERR_FORMAT unless the current token is this operator */
  expectOperator(value: string): Token {
    if (!this.isOperator(value)) throw this.unexpected(`"${value}"`);
    return this.next();
  }

  /** @throws ERR_FORMAT unless the current token is of this type */
  expect(type: Token["type"], what: string): Token {
    if (this.current.type !== type) throw this.unexpected(what);
    return this.next();
  }

  /** Runs `parse` one level deeper. @throws ERR_LIMIT, see `maxNesting` */
  nested<T>(parse: () => T): T {
    if (++this.#nesting > this.#maxNesting) throw this.tooDeep();
    const result = parse();
    this.#nesting--;
    return result;
  }

  /** Fails where a chain of operators or subscripts is so long that its tree is too deep. */
  checkChain(length: number): void {
    if (length > this.#maxNesting) throw this.tooDeep();
  }

  error(message: string, at = this.current.at): PalaverError {
    return syntaxError(this.source, at, message);
  }

  unexpected(wanted: string): PalaverError {
    const { type, value } = this.current;
    const found = type === "end" ? "the end of the template" : value === "" ? type : JSON.stringify(value);
    return this.error(`expected ${wanted}, got ${found}`);
  }

  tooDeep(): PalaverError {
    const message = `the template nests deeper than ${this.#maxNesting} levels: simplify it or raise maxNesting`;
    return new PalaverError("ERR_LIMIT", message, { details: { limit: "maxNesting", value: this.#maxNesting } });
  }
}

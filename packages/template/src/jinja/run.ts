import { type ErrorCode, PalaverError } from "@palaver/core";
import type { Budget } from "./budget.ts";
import { sourcePosition } from "./source-position.ts";
import { type Text, TextBuilder } from "./text.ts";
import { type Arguments, type DictValue, type ListValue, typeName, type Value } from "./value.ts";

/** How values print and combine: as Python does (Transformers) or as JavaScript does (Transformers.js). */
export type Dialect = "python" | "javascript";

export type Filter = (input: Value, args: Arguments, run: Run) => Value;
export type Test = (input: Value, args: Arguments, run: Run) => boolean;
export type Method<Self extends Value> = (self: Self, args: Arguments, run: Run) => Value;

/** Everything that templates can name without defining it. */
export interface Library {
  readonly filters: ReadonlyMap<string, Filter>;
  readonly tests: ReadonlyMap<string, Test>;
  readonly textMethods: ReadonlyMap<string, Method<Text>>;
  readonly listMethods: ReadonlyMap<string, Method<ListValue>>;
  readonly dictMethods: ReadonlyMap<string, Method<DictValue>>;
}

export interface RunOptions {
  readonly source: string;
  readonly budget: Budget;
  readonly dialect: Dialect;
  readonly library: Library;
}

/** One rendering: its budget, its dialect, and the place in the source that errors name. */
export class Run {
  readonly source: string;
  readonly budget: Budget;
  readonly dialect: Dialect;
  readonly library: Library;
  /** Offset in the source of what is being evaluated. */
  at = 0;

  constructor({ source, budget, dialect, library }: RunOptions) {
    this.source = source;
    this.budget = budget;
    this.dialect = dialect;
    this.library = library;
  }

  builder(): TextBuilder {
    return new TextBuilder(this.budget);
  }

  /** Joins texts; their characters count against the budget. */
  concat(...texts: readonly Text[]): Text {
    const builder = this.builder();
    for (const text of texts) builder.add(text);
    return builder.build();
  }

  /** Stops the rendering with an error that names the place in the template. */
  fail(message: string, code: ErrorCode = "ERR_INVALID_ARGUMENT"): never {
    const position = sourcePosition(this.source, this.at);
    const place = `template line ${position.line}, column ${position.column}`;
    throw new PalaverError(code, `${message} (${place})`, { details: { ...position } });
  }

  /** The value's text; fails for any other kind of value. */
  expectText(value: Value, what: string): Text {
    if (value.kind === "text") return value;
    if (value.kind === "undefined") this.fail(value.reason);
    this.fail(`${what} must be a string, got ${typeName(value)}`);
  }

  /** The value as an integer; booleans count as 0 and 1, as in Python. */
  expectInteger(value: Value, what: string): number {
    if (value.kind === "integer") return value.value;
    if (value.kind === "boolean") return value.value ? 1 : 0;
    if (value.kind === "undefined") this.fail(value.reason);
    this.fail(`${what} must be an integer, got ${typeName(value)}`);
  }

  /** Calls a value with arguments. */
  call(callee: Value, args: Arguments): Value {
    if (callee.kind === "object" && callee.call) return callee.call(args);
    if (callee.kind === "undefined") this.fail(callee.reason);
    this.fail(`${typeName(callee)} is not callable`);
  }

  /** The values of named parameters from a call, in the order of `names`; fails for unknown, repeated or missing ones. */
  bind(what: string, args: Arguments, names: readonly string[], required = 0): (Value | undefined)[] {
    const values: (Value | undefined)[] = args.positional.slice(0, names.length);
    if (args.positional.length > names.length) {
      this.fail(`${what} takes at most ${names.length} arguments, got ${args.positional.length}`);
    }
    for (const [name, value] of args.named) {
      const index = names.indexOf(name);
      if (index < 0) this.fail(`${what} takes no argument "${name}"`);
      if (values[index] !== undefined) this.fail(`${what} got the argument "${name}" twice`);
      values[index] = value;
    }
    for (let index = 0; index < required; index++) {
      if (values[index] === undefined) this.fail(`${what} needs the argument "${names[index]}"`);
    }
    return values;
  }
}

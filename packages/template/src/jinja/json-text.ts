/** `tojson` as Transformers defines it: `json.dumps(value, ensure_ascii, indent, separators, sort_keys)`, not escaped for HTML. */
import { compareCodePoints } from "./code-points.ts";
import { floatText } from "./float-text.ts";
import { iterate } from "./iterate.ts";
import type { Run } from "./run.ts";
import type { Text, TextBuilder } from "./text.ts";
import { writeEscaped } from "./to-text.ts";
import { typeName, type Value } from "./value.ts";

export interface JsonTextOptions {
  /** What one level of indentation is; undefined: everything on one line. */
  readonly indent: Text | undefined;
  readonly itemSeparator: Text;
  readonly keySeparator: Text;
  readonly ensureAscii: boolean;
  readonly sortKeys: boolean;
}

/** The value as JSON text. Brackets, quotes and separators are the template's; characters of strings keep their origins. */
export function jsonText(value: Value, options: JsonTextOptions, run: Run): Text {
  const builder = run.builder();
  new JsonWriter(options, run, builder).write(value, 0);
  return builder.build();
}

// --- internal ---

class JsonWriter {
  readonly #options: JsonTextOptions;
  readonly #run: Run;
  readonly #builder: TextBuilder;

  constructor(options: JsonTextOptions, run: Run, builder: TextBuilder) {
    this.#options = options;
    this.#run = run;
    this.#builder = builder;
  }

  write(value: Value, depth: number): void {
    this.#run.budget.checkDepth(depth);
    this.#run.budget.step();
    switch (value.kind) {
      case "text":
        this.#writeString(value);
        return;
      case "list":
        this.#writeItems(iterate(value, this.#run), "[", "]", depth, (item) => this.write(item, depth + 1));
        return;
      case "dict":
        this.#writeDict(Array.from(value.entries.values()), depth);
        return;
      case "none":
      case "boolean":
      case "integer":
      case "float":
        this.#builder.addString(scalarJson(value), value.origin);
        return;
      default:
        this.#fail(value);
    }
  }

  #fail(value: Value): never {
    if (value.kind === "undefined") this.#run.fail(value.reason);
    this.#run.fail(`tojson cannot write a value of type ${typeName(value)}`);
  }

  #writeDict(pairs: (readonly [Value, Value])[], depth: number): void {
    if (this.#options.sortKeys) pairs.sort((a, b) => compareCodePoints(keyText(a[0]), keyText(b[0])));
    this.#writeItems(pairs, "{", "}", depth, ([key, value]) => {
      if (key.kind === "text") this.#writeString(key);
      else if ("origin" in key) this.#builder.addString(`"${scalarJson(key)}"`, key.origin);
      else this.#fail(key);
      this.#builder.add(this.#options.keySeparator);
      this.write(value, depth + 1);
    });
  }

  #writeItems<T>(items: readonly T[], open: string, close: string, depth: number, write: (item: T) => void): void {
    const { indent, itemSeparator } = this.#options;
    this.#builder.addString(open);
    items.forEach((item, index) => {
      if (index > 0) this.#builder.add(itemSeparator);
      this.#newLine(indent, depth + 1);
      write(item);
    });
    if (items.length > 0) this.#newLine(indent, depth);
    this.#builder.addString(close);
  }

  #newLine(indent: Text | undefined, depth: number): void {
    if (indent === undefined) return;
    this.#builder.addString("\n");
    for (let level = 0; level < depth; level++) this.#builder.add(indent);
  }

  #writeString(value: Text): void {
    const { ensureAscii } = this.#options;
    this.#run.budget.step(Math.ceil(value.length / 4));
    this.#builder.addString('"');
    writeEscaped(value, this.#builder, (character) => escapeJson(character, ensureAscii));
    this.#builder.addString('"');
  }
}

const namedEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\f": "\\f",
  "\b": "\\b",
};

function escapeJson(character: string, ensureAscii: boolean): string | undefined {
  const named = namedEscapes[character];
  if (named) return named;
  if (character >= " " && (!ensureAscii || character <= "~")) return undefined;
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

function scalarJson(value: Value & { kind: "none" | "boolean" | "integer" | "float" }): string {
  switch (value.kind) {
    case "none":
      return "null";
    case "float":
      return jsonFloats[floatText(value.value)] ?? floatText(value.value);
    case "integer":
      return value.digits ?? String(value.value);
    case "boolean":
      return String(value.value);
  }
}

/** `json.dumps` writes these, although JSON has none of them. */
const jsonFloats: Readonly<Record<string, string>> = { nan: "NaN", inf: "Infinity", "-inf": "-Infinity" };

function keyText(key: Value): string {
  return key.kind === "text" ? key.text : "origin" in key ? scalarJson(key) : "";
}

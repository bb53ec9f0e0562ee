/** `str` and `repr` of values, with the origins of everything that they print. */
import { floatText } from "./float-text.ts";
import type { Run } from "./run.ts";
import { emptyText, Text, type TextBuilder } from "./text.ts";
import type { Value } from "./value.ts";

/** What `{{ value }}` writes. */
export function outputText(value: Value, run: Run): Text {
  if (value.kind === "none" && run.dialect === "javascript") return emptyText;
  return toText(value, run);
}

/** `str(value)`; undefined is empty. */
export function toText(value: Value, run: Run): Text {
  switch (value.kind) {
    case "text":
      return value;
    case "undefined":
      return emptyText;
    case "list":
    case "dict":
    case "object": {
      const builder = run.builder();
      writeRepr(value, run, builder, 0);
      return builder.build();
    }
    default:
      return Text.of(scalarText(value, run), value.origin);
  }
}

/** `repr(value)`: strings in quotes. */
export function reprText(value: Value, run: Run): Text {
  const builder = run.builder();
  writeRepr(value, run, builder, 0);
  return builder.build();
}

/** The spelling of a number, boolean or none. */
function scalarText(value: Value & { kind: "none" | "boolean" | "integer" | "float" }, run: Run): string {
  const isPython = run.dialect === "python";
  switch (value.kind) {
    case "none":
      return isPython ? "None" : "null";
    case "boolean":
      return isPython ? (value.value ? "True" : "False") : String(value.value);
    case "integer":
      return value.digits ?? String(value.value);
    case "float":
      return floatText(value.value);
  }
}

// --- internal ---

function writeRepr(value: Value, run: Run, builder: TextBuilder, depth: number): void {
  run.budget.checkDepth(depth);
  run.budget.step();
  switch (value.kind) {
    case "text":
      if (value.markup) builder.addString("Markup(");
      writeQuoted(value, run, builder);
      if (value.markup) builder.addString(")");
      return;
    case "undefined":
      builder.addString(run.dialect === "python" ? "Undefined" : "undefined");
      return;
    case "list": {
      const isTuple = value.form === "tuple" && run.dialect === "python";
      builder.addString(isTuple ? "(" : "[");
      value.items.forEach((item, index) => {
        if (index > 0) builder.addString(", ");
        writeRepr(item, run, builder, depth + 1);
      });
      if (isTuple && value.items.length === 1) builder.addString(",");
      builder.addString(isTuple ? ")" : "]");
      return;
    }
    case "dict":
      writePairs(value.entries.values(), run, builder, depth);
      return;
    case "object":
      if (!value.entries) builder.addString(`<${value.typeName}>`);
      else {
        builder.addString(`<${value.typeName} `);
        writePairs(
          Array.from(value.entries(), ([name, item]): [Value, Value] => [Text.of(name), item]),
          run,
          builder,
          depth,
        );
        builder.addString(">");
      }
      return;
    default:
      builder.addString(scalarText(value, run), value.origin);
  }
}

function writePairs(pairs: Iterable<readonly [Value, Value]>, run: Run, builder: TextBuilder, depth: number): void {
  builder.addString("{");
  let separator = "";
  for (const [key, value] of pairs) {
    builder.addString(separator);
    writeRepr(key, run, builder, depth + 1);
    builder.addString(": ");
    writeRepr(value, run, builder, depth + 1);
    separator = ", ";
  }
  builder.addString("}");
}

function writeQuoted(value: Text, run: Run, builder: TextBuilder): void {
  // Python takes double quotes only where that saves escapes; JavaScript always does.
  const prefersDouble = run.dialect === "javascript" || (value.text.includes("'") && !value.text.includes('"'));
  const quote = prefersDouble ? '"' : "'";
  builder.addString(quote);
  writeEscaped(value, builder, (character) => {
    if (character === quote || character === "\\") return `\\${character}`;
    const named = namedEscapes[character];
    if (named) return named;
    const code = character.codePointAt(0)!;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0xad) return `\\x${hexadecimal(code, 2)}`;
    if (/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}]/u.test(character) && character !== " ") {
      return code > 0xffff
        ? `\\U${hexadecimal(code, 8)}`
        : code > 0xff
          ? `\\u${hexadecimal(code, 4)}`
          : `\\x${hexadecimal(code, 2)}`;
    }
    return undefined;
  });
  builder.addString(quote);
}

/** Writes a text with some characters replaced; a replacement has the origin of its character. */
export function writeEscaped(
  value: Text,
  builder: TextBuilder,
  replace: (character: string) => string | undefined,
): void {
  let start = 0;
  let at = 0;
  for (const character of value.text) {
    const escaped = replace(character);
    const end = at + character.length;
    if (escaped !== undefined) {
      if (at > start) builder.add(value.slice(start, at));
      builder.addString(escaped, value.originAt(at));
      start = end;
    }
    at = end;
  }
  if (start === 0) builder.add(value);
  else if (start < value.length) builder.add(value.slice(start, value.length));
}

const namedEscapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function hexadecimal(code: number, length: number): string {
  return code.toString(16).padStart(length, "0");
}

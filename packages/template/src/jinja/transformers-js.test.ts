import { readFileSync } from "node:fs";
import type { JsonValue } from "@palaver/core";
import { describeSharedData } from "@palaver/test-data";
import { expect, test } from "vitest";
import { fromJson } from "./from-json.ts";
import { templateOrigin } from "./origin.ts";
import { parseTemplate } from "./parse-template.ts";
import { renderTemplate } from "./render-template.ts";
import { Text } from "./text.ts";
import { integerValue, undefinedValue, type Value } from "./value.ts";

interface Case {
  readonly template: string;
  readonly context: { readonly [name: string]: JsonValue };
  readonly expected: string;
}

/** What the functions of the cases do, by the way the data spells them. */
const functions: Readonly<Record<string, (values: readonly Value[]) => Value>> = {
  "(x, y) => x + y": ([x, y]) => integerValue(numberOf(x) + numberOf(y)),
  "(...args) => args.length": (values) => integerValue(values.length),
  '(...args) => args.join("")': (values) => Text.of(values.map(textOf).join("")),
  '(...args) => args.join("_")': (values) => Text.of(values.map(textOf).join("_")),
  "() => {}": () => undefinedValue("nothing"),
};

describeSharedData("the syntax cases of Transformers.js", "templates/expected/hfjs-jinja-syntax.json", (path) => {
  const cases = JSON.parse(readFileSync(path, "utf8")) as Record<string, Case>;

  test.each(Object.entries(cases))("%s renders as there", (_, { template, context, expected }) => {
    const variables = new Map(Object.entries(context).map(([name, json]) => [name, toValue(json)]));

    const text = renderTemplate(parseTemplate(template), variables, { dialect: "javascript" });

    expect(text.text).toBe(expected);
  });
});

function toValue(json: JsonValue): Value {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return fromJson(json, templateOrigin);
  const spelled = (json as { readonly __function__?: string }).__function__;
  if (spelled !== undefined) {
    const apply = functions[spelled]!;
    return { kind: "object", typeName: "function", call: ({ positional }) => apply(positional) };
  }
  const entries = Object.entries(json).map(([key, value]): [string, [Value, Value]] => [
    key,
    [Text.of(key), toValue(value)],
  ]);
  return { kind: "dict", entries: new Map(entries) };
}

function numberOf(value: Value | undefined): number {
  return value?.kind === "integer" ? value.value : Number.NaN;
}

function textOf(value: Value): string {
  return value.kind === "text" ? value.text : "";
}

import { readFileSync } from "node:fs";
import { isPalaverError, type JsonObject } from "@palaver/core";
import { describe, expect, test } from "vitest";
import { fromJson } from "./from-json.ts";
import { templateOrigin } from "./origin.ts";
import { parseTemplate } from "./parse-template.ts";
import { renderTemplate } from "./render-template.ts";

interface Case {
  readonly template: string;
  readonly expected?: string;
  readonly error?: string;
  readonly syntaxErrorLine?: number;
}

/** Written by fixtures/jinja-cases.py, with the Jinja of Python. */
const { cases, context } = JSON.parse(
  readFileSync(new URL("../../fixtures/jinja-cases.json", import.meta.url), "utf8"),
) as { readonly cases: readonly Case[]; readonly context: JsonObject };

const variables = new Map(Object.entries(context).map(([name, json]) => [name, fromJson(json, templateOrigin)]));
const now = (): Date => new Date(2026, 0, 4, 14, 5, 6);

function render(template: string): string {
  return renderTemplate(parseTemplate(template), variables, { now }).text;
}

function failure(template: string): unknown {
  try {
    return render(template);
  } catch (error) {
    return error;
  }
}

describe("Jinja as Transformers sets it up", () => {
  const rendered = cases.filter(({ expected }) => expected !== undefined);
  test.each(rendered)("renders $template as Python does", ({ template, expected }) => {
    expect(render(template)).toBe(expected);
  });

  const refused = cases.filter(({ error }) => error !== undefined);
  test.each(refused)("refuses $template as Python does", ({ template }) => {
    const error = failure(template);

    expect(isPalaverError(error), String(error)).toBe(true);
    expect(isPalaverError(error, "ERR_FORMAT")).toBe(false);
  });

  const malformed = cases.filter(({ syntaxErrorLine }) => syntaxErrorLine !== undefined);
  test.each(malformed)("cannot read $template, and names the line", ({ template, syntaxErrorLine }) => {
    const error = failure(template);

    const isUnknownName = isPalaverError(error, "ERR_UNSUPPORTED");
    expect(isUnknownName || isPalaverError(error, "ERR_FORMAT"), String(error)).toBe(true);
    expect(isPalaverError(error) && error.details.line).toBe(syntaxErrorLine);
  });
});

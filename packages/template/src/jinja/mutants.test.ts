import { readFileSync } from "node:fs";
import { isPalaverError, type JsonObject } from "@palaver/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromJson } from "./from-json.ts";
import { templateOrigin } from "./origin.ts";
import { parseTemplate } from "./parse-template.ts";
import { renderTemplate } from "./render-template.ts";

const { cases, context } = JSON.parse(
  readFileSync(new URL("../../fixtures/jinja-cases.json", import.meta.url), "utf8"),
) as { readonly cases: readonly { readonly template: string }[]; readonly context: JsonObject };

const variables = new Map(Object.entries(context).map(([name, json]) => [name, fromJson(json, templateOrigin)]));

const scraps = [
  "{{",
  "}}",
  "{%",
  "%}",
  "{#",
  "-",
  "|",
  "(",
  ")",
  "[",
  "]",
  "'",
  "\\",
  ".",
  "**",
  "~",
  "if",
  "else",
  "for",
  "in",
  "is",
  "macro",
  "0",
  "1e999",
  "99999999999999999999",
  "\ud800",
  "loop",
  "|tojson",
  "[::-1]",
  "|map('upper')",
  "|batch(3)",
  "\n",
];

const mutant = fc
  .tuple(
    fc.constantFrom(...cases.map(({ template }) => template)),
    fc.array(fc.tuple(fc.nat(400), fc.nat(20), fc.constantFrom("", ...scraps)), { minLength: 1, maxLength: 4 }),
  )
  .map(([source, edits]) =>
    edits.reduce((text, [at, length, scrap]) => text.slice(0, at) + scrap + text.slice(at + length), source),
  );

test("a broken template renders or fails with an error of ours, and never otherwise", () => {
  fc.assert(
    fc.property(mutant, (source) => {
      try {
        renderTemplate(parseTemplate(source), variables, { limits: { maxSteps: 100_000, maxCharacters: 1_000_000 } });
      } catch (error) {
        expect(isPalaverError(error), String(error)).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
});

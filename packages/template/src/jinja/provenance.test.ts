import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromJson } from "./from-json.ts";
import type { Origin } from "./origin.ts";
import { parseTemplate } from "./parse-template.ts";
import { renderTemplate } from "./render-template.ts";
import { Text } from "./text.ts";
import type { Value } from "./value.ts";

const content: Origin = { origin: "content", role: "user", messageIndex: 0 };

/** What a person writes is Greek here, and digits in fullwidth; what templates write is neither, so that characters tell who wrote them. */
const greek = fc
  .array(fc.constantFrom("α", "Βγ", "δε", " ", "\n", "Ω", "ζ\u03c3"), { minLength: 1, maxLength: 8 })
  .map((parts) => `α${parts.join("")}ω`);
const isGreek = /\p{Script=Greek}/u;

const expressions = [
  "c",
  "'A' + c + 'B'",
  "'A' ~ c ~ 1",
  "c * 2",
  "c.upper() + 'a'",
  "c.lower()",
  "c.title()",
  "c.capitalize()",
  "c.swapcase()",
  "c | upper",
  "c | title",
  "('x ' + c + ' y') | trim",
  "('x' + c).strip('x')",
  "c.strip() ~ '|' ~ c.lstrip() ~ '|' ~ c.rstrip()",
  "c[1:] ~ c[:-1] ~ c[::-1] ~ c[0] ~ c[-1]",
  "('a' + c + 'b')[1:-1]",
  "('<' + c + '>')[::2]",
  "c.split() | join(', ')",
  "c.split('δ') | join('<|x|>')",
  "c.rsplit(' ', 1) | join('-')",
  "c.partition(c[1]) | join('|')",
  "c.splitlines() | join('/')",
  "c.replace('α', 'x')",
  "'a-b-a'.replace('a', c)",
  "'a-b-a' | replace('-', c)",
  "'<%s|%5s>' % (c, 'z')",
  "'%(k)s!' % {'k': c}",
  "'<{}|{:>9}|{!r}>'.format(c, 'z', c)",
  "c.format('x')",
  "'{:{}>7}'.format('x', c[0])",
  "'x'.center(9, c[0])",
  "c.center(30, '*')",
  "c | tojson",
  "{'k': c, 'l': [c, 1]} | tojson(indent=2)",
  "d | tojson",
  "d | tojson(ensure_ascii=true)",
  "d | string",
  "[c, 'q'] | string",
  "d.items() | list | string",
  "d | dictsort | string",
  "d | join(',')",
  "c | indent(2, true)",
  "'x\ny' | indent(c[0])",
  "c | e",
  "(c | safe) + '<b>'",
  "c | reverse",
  "c | list | join('.')",
  "[c, 'x'] | map('upper') | join",
  "[c, 'x'] | sort | join",
  "[c, c] | unique | join",
  "c | truncate(6, true, '>')",
  "c | replace('α', 'x') | replace('x', c)",
  "c if c else 'none'",
  "c or 'x'",
  "c | default('x')",
  "c.join(['1', '2'])",
  "'ab'.join([c, c])",
  "c.zfill(20)",
  "c.removeprefix('α') ~ c.removesuffix('ω')",
  "c | first ~ c | last",
  "(c ~ 'x') | wordcount",
  "c | urlencode | length",
  "namespace(a=c).a",
  "dict(a=c).a",
  "joiner(c)() ~ c",
] as const;

function textOf(source: string, said: string): Text {
  const variables = new Map<string, Value>([
    ["c", Text.of(said, content)],
    ["d", fromJson({ [said]: said, κ: [said] }, content)],
  ]);
  return renderTemplate(parseTemplate(source), variables);
}

/** Characters with the origin that they should not have. */
function misplaced(text: Text): string[] {
  return Array.from(text.text).filter((character, index) => {
    const isContent = text.originAt(unitIndex(text.text, index)) === content;
    return isGreek.test(character) && !isContent;
  });
}

function unitIndex(text: string, characterIndex: number): number {
  return Array.from(text).slice(0, characterIndex).join("").length;
}

describe("what a person writes stays theirs", () => {
  test.each(expressions)("{{ %s }}", (expression) => {
    fc.assert(
      fc.property(greek, (said) => {
        expect(misplaced(textOf(`{{ ${expression} }}`, said))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  test("through set blocks, filter blocks, macros, call blocks and loops", () => {
    const source = `{% set s %}<{{ c }}>{% endset %}{% filter upper %}{{ s }}x{% endfilter %}
{% macro m(v) %}[{{ v }}{{ caller() }}]{% endmacro %}{% call m(c) %}{{ c }}y{% endcall %}
{% for ch in c %}{{ ch }}-{% endfor %}{% for k, v in d.items() %}{{ k }}={{ v }}{% endfor %}`;

    fc.assert(
      fc.property(greek, (said) => {
        expect(misplaced(textOf(source, said))).toEqual([]);
      }),
    );
  });
});

describe("what a template writes stays its own", () => {
  test.each([
    ["'<|a|>' + c + '<|b|>'", "<|a|>", "<|b|>"],
    ["('<|a|>' + c + '<|b|>') | trim", "<|a|>", "<|b|>"],
    ["'<|a|>%s<|b|>' % c", "<|a|>", "<|b|>"],
    ["'<|a|>{}<|b|>'.format(c)", "<|a|>", "<|b|>"],
    ["['<|a|>', '<|b|>'] | join(c)", "<|a|>", "<|b|>"],
    ["'<|a|>-<|b|>'.replace('-', c)", "<|a|>", "<|b|>"],
    ["('<|a|>' + c + '<|b|>').upper()", "<|A|>", "<|B|>"],
  ])("{{ %s }}", (expression, first, last) => {
    const text = textOf(`{{ ${expression} }}`, "αβ");

    for (const token of [first, last]) {
      const at = text.text.indexOf(token);
      expect(at).toBeGreaterThanOrEqual(0);
      for (let index = at; index < at + token.length; index++) expect(text.originAt(index).origin).toBe("template");
    }
  });
});

test("numbers and booleans of a message print as the message's", () => {
  const variables = new Map([["m", fromJson({ n: 5, f: 1.5, t: true, z: null, l: [1, [2]] }, content)]]);
  const source =
    "{{ m.n }}{{ m.n + 1 }}{{ m.f * 2 }}{{ m.t }}{{ m.z }}{{ m.n | string }}{{ m.n ~ '' }}{{ '7' | int + m.n }}{{ -m.n }}{{ m.l | sum(start=[]) if false else m.l[1][0] }}";

  const text = renderTemplate(parseTemplate(source), variables);

  expect(text.origins).toEqual([content]);
});

test("text that a template makes empty is still found where it stood", () => {
  const text = textOf("<a>{{ c[:0] }}<b>", "αω");

  expect(text.text).toBe("<a><b>");
  expect(text.origins.map(({ origin }) => origin)).toEqual(["template", "content", "template"]);
});

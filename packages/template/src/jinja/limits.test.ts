import { isPalaverError } from "@palaver/core";
import { describe, expect, test } from "vitest";
import { fromJson } from "./from-json.ts";
import { templateOrigin } from "./origin.ts";
import { parseTemplate } from "./parse-template.ts";
import { renderTemplate } from "./render-template.ts";

/** Templates that would take minutes or gigabytes. */
const bombs: Readonly<Record<string, string>> = {
  "a long range": "{% for i in range(100000000) %}x{% endfor %}",
  "loops in loops": "{% for i in range(99999) %}{% for j in range(99999) %}{{ 'x' }}{% endfor %}{% endfor %}",
  "a repeated string": "{{ 'x' * 1000000000 }}",
  "a string that doubles":
    "{% set ns = namespace(s='x' * 1000) %}{% for i in range(99999) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
  "a list that doubles":
    "{% set ns = namespace(l=[1] * 999) %}{% for i in range(999) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
  "endless recursion": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
  "a tree of calls": "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
  "calls with blocks":
    "{% macro m() %}{{ caller() }}{% endmacro %}{% for i in range(99999) %}{% for j in range(99999) %}{% call m() %}{% endcall %}{% endfor %}{% endfor %}",
  "calls with many names":
    "{% macro m() %}{% if kwargs %}{% endif %}{% endmacro %}{% for i in range(99999) %}{% for j in range(99999) %}{% if m(a=1, b=2, c=3, d=4) %}{% endif %}{% endfor %}{% endfor %}",
  "many joined constants":
    "{% for i in range(99999) %}{% for j in range(99999) %}{% set x = 1 ~ 2 ~ 3 ~ 4 ~ 5 ~ 6 ~ 7 ~ 8 ~ 9 ~ 10 ~ 11 ~ 12 %}{% endfor %}{% endfor %}",
  "a replacement that grows": "{{ ('a' * 1000000) | replace('a', 'b' * 1000000) }}",
  "a wide field": "{{ '%999999999d' % 1 }}",
  "a wide format field": "{{ '{:>999999999}'.format('x') }}",
  "a wide centre": "{{ 'x' | center(1000000000) }}",
  "a deep indentation": "{{ ([1] * 1000) | tojson(indent=100000) }}",
  "a slow search": "{% set a = 'a' * 4000000 %}{{ ('b' + 'a' * 2000000) in a }}",
  "many comparisons":
    "{% set a = 'ab' * 999999 %}{% set b = 'ab' * 999999 %}{% for i in range(99999) %}{% if a == b %}{% endif %}{% endfor %}",
  "many slices": "{% set l = range(99999) | list %}{% for i in range(99999) %}{% set c = l[::-1] %}{% endfor %}",
  "many lengths": "{% set a = '\u{1f600}' * 999999 %}{% for i in range(99999) %}{% set c = a | length %}{% endfor %}",
  "many titles": "{% set a = 'ab' * 999999 %}{% for i in range(999) %}{% set c = a.title() %}{% endfor %}",
  "a batch of fillers": "{{ [1] | batch(100000000, 'x') | list }}",
  "many slices of nothing": "{{ [1] | slice(100000000) | list }}",
  "a list of depth 99999":
    "{% set ns = namespace(l=[]) %}{% for i in range(99999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
  "a value inside itself": "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}",
  "a great power": "{{ 10 ** 1000 }}",
  "nested brackets": `{{ ${"(".repeat(5000)}1${")".repeat(5000)} }}`,
  "a long sum": `{{ 1${"+1".repeat(100_000)} }}`,
  "nested blocks": "{% if true %}".repeat(5000) + "{% endif %}".repeat(5000),
  "many signs": `{{ ${"-".repeat(100_000)}1 }}`,
  "many negations": `{{ ${"not ".repeat(100_000)}1 }}`,
  "a long chain of names": `{{ a${".b".repeat(100_000)} }}`,
  "a long chain of filters": `{{ 'a'${"|upper".repeat(10_000)} }}`,
  "a long source": "x".repeat(2_000_000),
};

describe("a template that costs too much", () => {
  test.each(Object.entries(bombs))("%s ends in ERR_LIMIT within a second", (_, source) => {
    // The least of three, since neighbours on a processor slow each other: what is bounded is the work.
    const runs = [1, 2, 3].map(() => {
      const before = process.cpuUsage();
      return { failure: failureOf(source), milliseconds: process.cpuUsage(before).user / 1000 };
    });

    for (const { failure } of runs) expect(isPalaverError(failure, "ERR_LIMIT"), String(failure)).toBe(true);
    expect(Math.min(...runs.map(({ milliseconds }) => milliseconds))).toBeLessThan(1000);
  });

  test("the limits can be lowered", () => {
    const render = (limits: object): string =>
      renderTemplate(parseTemplate("{% for i in range(50) %}xy{% endfor %}"), new Map(), { limits }).text;

    expect(render({})).toHaveLength(100);
    expect(() => render({ maxSteps: 40 })).toThrow("maxSteps");
    expect(() => render({ maxCharacters: 99 })).toThrow("maxCharacters");
    expect(() => render({ maxDepth: 1 })).toThrow("maxDepth");
    expect(() => parseTemplate("{{ ((1)) }}", { maxNesting: 2 })).toThrow("maxNesting");
    expect(() => parseTemplate("xyz", { maxSourceCharacters: 2 })).toThrow("maxSourceCharacters");
  });

  test("input that nests without end is refused", () => {
    let deep: unknown[] = [];
    for (let level = 0; level < 100_000; level++) deep = [deep];

    expect(() => fromJson(deep as never, templateOrigin)).toThrow("nests deeper");
  });
});

describe("an error in a template", () => {
  test.each([
    ["a\n  {{ 1 + }}", 2, 10],
    ["{% for %}", 1, 8],
    ["\n\n{% endfor %}", 3, 4],
    ["{{ 'a }}", 1, 4],
  ])("in the syntax of %j names line %i and column %i", (source, line, column) => {
    let failure: unknown;
    try {
      parseTemplate(source);
    } catch (error) {
      failure = error;
    }

    expect(isPalaverError(failure, "ERR_FORMAT") && failure.details).toEqual({ line, column });
  });

  test("while it runs names the place too", () => {
    const template = parseTemplate("a\n{% if true %}\n  {{ x + missing.name }}\n{% endif %}");

    expect(() => renderTemplate(template, new Map())).toThrow('"missing" is undefined (template line 3, column 17)');
  });

  test("of its own is the error's message, word for word", () => {
    const template = parseTemplate("{{ raise_exception('Roles must ' + 'alternate!') }}");

    expect(() => renderTemplate(template, new Map())).toThrow(/^Roles must alternate!$/);
  });

  test("that asks for other files says so", () => {
    expect(() => parseTemplate("{% include 'x' %}")).toThrow("not supported");
  });
});

// --- internal ---

/** What rendering a template throws; its text where it does not. */
function failureOf(source: string): unknown {
  try {
    return renderTemplate(parseTemplate(source), new Map());
  } catch (error) {
    return error;
  }
}

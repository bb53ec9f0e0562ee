import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describeSharedData } from "@palaver/test-data";
import { describe, expect, test } from "vitest";
import { type SplitBehavior, splitBy } from "../split/behavior.ts";
import { knownScanner } from "../split/known-patterns.ts";
import { patternMatcher, patternSplitter } from "../split/pattern-splitter.ts";
import type { Splitter } from "../split/splitter.ts";
import { compilePattern } from "./compile-pattern.ts";

/** Where the Rust tokenizers (Oniguruma) give other pieces than we, and why that stays so. */
const divergences = new Map([
  ["edge-ci-full-fold", "`(?i:ss)` also finds ß there; one character stands for one here. No model uses it."],
]);

describeSharedData("the split patterns of the hub", ["expected-ids/tokenizers.js"], (folder) => {
  const file = JSON.parse(readFileSync(`${folder}/splitRegexPatterns.json`, "utf8")) as PatternFile;
  const oracle = JSON.parse(gunzipSync(readFileSync(`${folder}/splitRegexOracle.json.gz`)).toString()) as Oracle;
  const cases = allCases(file);

  test("are all in the oracle", () => {
    expect(cases.length).toBe(146);
    for (const { key } of cases) expect(oracle.tokens[key], key).toBeDefined();
  });

  test.each(cases)("$key cuts as the Rust tokenizers do", ({ key, pattern, inputs, behavior, invert }) => {
    const splitters = [splitBy(patternMatcher(pattern), behavior, invert)];
    if (knownScanner(pattern)) splitters.push(patternSplitter(pattern, { behavior, invert }));
    for (const splitter of splitters) {
      const pieces = inputs.map((text) => cut(splitter, text));
      if (divergences.has(key)) expect(pieces).not.toEqual(oracle.tokens[key]);
      else expect(pieces).toEqual(oracle.tokens[key]);
    }
  });
});

describe("a pattern", () => {
  test("finds matches inside of a range as if it were a text of its own", () => {
    const matches: number[] = [];

    compilePattern("^a|a$|\\Ba").findAll("aaaa", 1, 3, matches);

    expect(matches).toEqual([1, 2, 2, 3]);
  });

  test("sees characters beyond the basic plane as one", () => {
    const matches: number[] = [];

    compilePattern("(?<=.).{2}").findAll("😀😀😀", 0, 6, matches);

    expect(matches).toEqual([2, 6]);
  });

  test.each([
    ["(", "ERR_FORMAT"],
    [")", "ERR_FORMAT"],
    ["[a", "ERR_FORMAT"],
    ["[b-a]", "ERR_FORMAT"],
    ["*", "ERR_FORMAT"],
    ["a{3,2}", "ERR_FORMAT"],
    ["\\", "ERR_FORMAT"],
    ["\\p{L", "ERR_FORMAT"],
    ["\\u12", "ERR_FORMAT"],
    ["\\x{110000}", "ERR_FORMAT"],
    ["\\p{NoSuchThing}", "ERR_UNSUPPORTED"],
    ["\\p{L}{2000}", "ERR_UNSUPPORTED"],
    ["\\K", "ERR_UNSUPPORTED"],
    ["(?<=a*)b", "ERR_UNSUPPORTED"],
    ["(?|a)", "ERR_UNSUPPORTED"],
    ["(".repeat(100) + ")".repeat(100), "ERR_UNSUPPORTED"],
    ["(((a{1000}){1000}){1000})", "ERR_LIMIT"],
    ["a".repeat(20_000), "ERR_LIMIT"],
  ])("like %s is refused with %s", (pattern, code) => {
    expect(() => compilePattern(pattern)).toThrow(expect.objectContaining({ code }));
  });

  test.each([
    ["nested repeats", "(a+)+b", "a"],
    ["a choice of the same", "(a|a)*b", "a"],
    ["a repeat that may be empty", "(a?)*?(a|b|ab)*c", "ab"],
    ["a short match behind a long one that fails", "a.*c|a", "ab"],
    ["a look ahead to the end", "\\d{1,3}(?=(?:\\d{3})*\\b)", "7"],
  ])("with %s takes steps in proportion to the text", (_, pattern, unit) => {
    const text = unit.repeat(50_000 / unit.length);
    const matches: number[] = [];

    // Steps that grew with the square of the length would be thousands a character.
    compilePattern(pattern, { stepsPerChar: 25 }).findAll(text, 0, text.length, matches);

    expect(matches.length).toBeLessThanOrEqual(2 * text.length);
  });

  test.each([
    ["a reference", "(a|b)(?:a|a)*\\1?(?:a|a)*c"],
    ["a look back", "(?<=(?:a|a){200}b)c|a"],
    ["an atomic group that is tried at every place", "(?>a+)b|a"],
  ])("with %s runs out of its budget where time would not be in proportion", (_, pattern) => {
    const compiled = compilePattern(pattern);

    expect(() => compiled.findAll("a".repeat(5000), 0, 5000, [])).toThrow(
      expect.objectContaining({ code: "ERR_LIMIT", details: { limit: "patternStepsPerChar" } }),
    );
  });
});

// --- internal ---

interface PatternFile {
  readonly defaults: { behavior: SplitBehavior; invert: boolean; inputs: string[] };
  readonly patterns: (Partial<PatternFile["defaults"]> & { id: string; name?: string; pattern: string })[];
  readonly additionalCases: (Partial<PatternFile["defaults"]> & { name: string; patternId: string })[];
}

interface Oracle {
  readonly tokens: Record<string, string[][]>;
}

function allCases({ defaults, patterns, additionalCases }: PatternFile) {
  const texts = new Map(patterns.map(({ id, pattern }) => [id, pattern]));
  return [
    ...patterns.map(({ id, name, ...rest }) => ({ ...defaults, ...rest, key: name ?? id })),
    ...additionalCases.map(({ name, patternId, ...rest }) => ({
      ...defaults,
      ...rest,
      pattern: texts.get(patternId)!,
      key: name,
    })),
  ];
}

function cut(splitter: Splitter, text: string): string[] {
  const ranges: number[] = [];
  splitter(text, 0, text.length, ranges);
  return Array.from({ length: ranges.length / 2 }, (_, index) => text.slice(ranges[2 * index], ranges[2 * index + 1]));
}

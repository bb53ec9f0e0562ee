import { compilePattern } from "../regex/compile-pattern.ts";
import type { Matcher, SplitBehavior } from "./behavior.ts";
import { splitBy } from "./behavior.ts";
import { knownScanner, matchesAll } from "./known-patterns.ts";
import { type Splitter, scanSplitter } from "./splitter.ts";

export interface PatternSplitOptions {
  /** What becomes of matches. Default: Isolated. */
  readonly behavior?: SplitBehavior;
  /** Matches are what lies between matches. Default: false. */
  readonly invert?: boolean;
}

/**
 * The splitter for a regular expression of a model file: by hand for well-known ones, else by an engine whose time is
 * linear in the text. @throws ERR_FORMAT, ERR_UNSUPPORTED, ERR_LIMIT
 */
export function patternSplitter(pattern: string, options: PatternSplitOptions = {}): Splitter {
  const { behavior = "Isolated", invert = false } = options;
  const scanner = knownScanner(pattern);
  const removesRest = behavior === "Removed" && invert && matchesAll(pattern);
  if (scanner !== undefined && (behavior === "Isolated" || removesRest)) {
    return scanSplitter(scanner);
  }
  return splitBy(patternMatcher(pattern), behavior, invert);
}

/** All matches of a regular expression, one after the other. */
export function patternMatcher(pattern: string): Matcher {
  const compiled = compilePattern(pattern);
  return (text, start, end, matches) => compiled.findAll(text, start, end, matches);
}

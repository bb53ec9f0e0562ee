import { limits } from "../limits.ts";
import { parsePattern } from "./parse-pattern.ts";
import { compileProgram } from "./program.ts";
import { Search } from "./search.ts";

/** A regular expression, ready to search. */
export interface CompiledPattern {
  /**
   * Appends start and end of each match in `text[start, end)`, which is searched as a text of its own. As in
   * Oniguruma's scan, an empty match right behind another match does not count.
   *
   * @throws ERR_LIMIT when the budget of steps runs out
   */
  findAll(text: string, start: number, end: number, matches: number[]): void;
}

export interface PatternOptions {
  /** Steps that a search may take for each character of its text. Default: `limits.patternStepsPerChar`. */
  readonly stepsPerChar?: number;
}

/** Compiles a pattern. @throws ERR_FORMAT, ERR_UNSUPPORTED, ERR_LIMIT */
export function compilePattern(pattern: string, options: PatternOptions = {}): CompiledPattern {
  const { stepsPerChar = limits.patternStepsPerChar } = options;
  const { root, groups, hasReferences } = parsePattern(pattern);
  const program = compileProgram(root, groups, hasReferences);
  return {
    findAll: (text, start, end, matches) => {
      const search = new Search(program, text, start, end, stepsPerChar);
      let from = start;
      let last = -1;
      while (from <= end) {
        const found = search.next(from);
        if (found === undefined) return;
        const [at, stop] = found;
        if (at === stop && stop === last) {
          from += search.widthAt(from);
          continue;
        }
        matches.push(at, stop);
        from = stop;
        last = stop;
      }
    },
  };
}

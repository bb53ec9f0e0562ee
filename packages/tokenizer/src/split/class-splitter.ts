/** Splits at characters of a kind, one match a character. */

import type { Matcher } from "./behavior.ts";
import { flagsAt, wide } from "./unicode-class.ts";

/** Matches each character that has one of `flags`. */
export function classMatcher(flags: number): Matcher {
  return (text, start, end, matches) => {
    for (let at = start; at < end; ) {
      const found = flagsAt(text, at, end);
      const next = at + (found & wide ? 2 : 1);
      if (found & flags) matches.push(at, next);
      at = next;
    }
  };
}

/** Matches each place where `needle` stands. */
export function textMatcher(needle: string): Matcher {
  return (text, start, end, matches) => {
    if (needle === "") return;
    for (let at = start; ; ) {
      const found = text.indexOf(needle, at);
      if (found < 0 || found + needle.length > end) return;
      at = found + needle.length;
      matches.push(found, at);
    }
  };
}

/** `isdigit`, `islower` and the like. */
import { skipSpace } from "../python-space.ts";
import type { Method } from "../run.ts";
import type { Text } from "../text.ts";
import { booleanValue } from "../value.ts";
import { isCased } from "./change-case.ts";

const asks =
  (name: string, holds: (text: string) => boolean): Method<Text> =>
  (self, args, run) => {
    run.bind(name, args, []);
    run.budget.step(self.length);
    return booleanValue(holds(self.text));
  };

const matches = (name: string, pattern: RegExp): [string, Method<Text>] => [
  name,
  asks(name, (text) => pattern.test(text)),
];

/** True if the text has letters with a case, and all of them are in this one. */
export function isLowerCase(text: string): boolean {
  return hasCase(text) && text === text.toLowerCase();
}

export function isUpperCase(text: string): boolean {
  return hasCase(text) && text === text.toUpperCase();
}

export const classMethods: readonly (readonly [string, Method<Text>])[] = [
  matches("isalnum", /^[\p{L}\p{N}]+$/u),
  matches("isalpha", /^\p{L}+$/u),
  matches("isascii", /^\p{ASCII}*$/u),
  matches("isdecimal", /^\p{Nd}+$/u),
  matches("isdigit", /^[\p{Nd}²³¹⁰-⁹₀-₉①-⑨]+$/u),
  matches("isidentifier", /^[\p{L}\p{Nl}_][\p{L}\p{M}\p{N}\p{Pc}]*$/u),
  matches("isnumeric", /^\p{N}+$/u),
  matches("isprintable", /^(?:[^\p{C}\p{Z}]| )*$/u),
  ["isspace", asks("isspace", (text) => text !== "" && skipSpace(text, 0) === text.length)],
  ["islower", asks("islower", isLowerCase)],
  ["isupper", asks("isupper", isUpperCase)],
  ["istitle", asks("istitle", isTitleCase)],
];

// --- internal ---

function hasCase(text: string): boolean {
  for (const character of text) if (isCased(character)) return true;
  return false;
}

function isTitleCase(text: string): boolean {
  let inWord = false;
  let found = false;
  for (const character of text) {
    const cased = isCased(character);
    if (cased && inWord !== (character === character.toLowerCase())) return false;
    inWord = cased;
    found ||= cased;
  }
  return found;
}

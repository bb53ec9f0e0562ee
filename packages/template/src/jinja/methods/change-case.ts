/** Python's case methods. Character by character, so that every character keeps its origin. */
import type { Text } from "../text.ts";

export function upperCase(text: Text): Text {
  return text.map((part) => part.toUpperCase());
}

export function lowerCase(text: Text): Text {
  return text.map((part) => part.toLowerCase());
}

/** The first character in upper case, the others in lower case. */
export function capitalize(text: Text): Text {
  return perCharacter(text, (character, at) =>
    at === 0 ? titleCase(character) : lowerIn(text.text, character, at, 0),
  );
}

/** `str.title`: upper case after everything that is no letter. */
export function titleCaseWords(text: Text): Text {
  let inWord = false;
  return perCharacter(text, (character, at) => {
    const changed = inWord ? lowerIn(text.text, character, at, 0) : titleCase(character);
    inWord = isCased(character);
    return changed;
  });
}

/** The `title` filter: upper case at the start and after white space, `-`, and opening brackets. */
export function titleCaseFilter(text: Text): Text {
  let wordStart = -1;
  return perCharacter(text, (character, at) => {
    const changed = wordStart < 0 ? character.toUpperCase() : lowerIn(text.text, character, at, wordStart);
    if (/[-\s({[<]/.test(character)) wordStart = -1;
    else if (wordStart < 0) wordStart = at + character.length;
    return changed;
  });
}

export function swapCase(text: Text): Text {
  return perCharacter(text, (character, at) =>
    character === character.toLowerCase() ? character.toUpperCase() : lowerIn(text.text, character, at, 0),
  );
}

/** True for letters that have a case. */
export function isCased(character: string): boolean {
  return character.toLowerCase() !== character.toUpperCase();
}

// --- internal ---

/** Letters of two in one, whose title case is a third form. */
const titleCases: Readonly<Record<string, string>> = { Ǆ: "ǅ", Ǉ: "ǈ", Ǌ: "ǋ", Ǳ: "ǲ" };

/** A character in lower case, where `start` is where the text begins that is put in lower case. Sigma has two forms. */
function lowerIn(text: string, character: string, at: number, start: number): string {
  if (character !== "Σ") return character.toLowerCase();
  const before = at > start && isCased(text[at - 1]!);
  return before && !isCased(text[at + 1] ?? "") ? "ς" : "σ";
}

function titleCase(character: string): string {
  const upper = character.toUpperCase();
  // Letters that become several: only the first is upper case, as in "ß" to "Ss".
  return upper.length > character.length ? upper[0]! + upper.slice(1).toLowerCase() : (titleCases[upper] ?? upper);
}

/** Every character changed; `at` is its place in UTF-16 units. */
function perCharacter(text: Text, change: (character: string, at: number) => string): Text {
  let result = "";
  const ends: number[] = [];
  let run = 0;
  let at = 0;
  for (const character of text.text) {
    while (run < text.ends.length && text.ends[run]! <= at) {
      ends.push(result.length);
      run++;
    }
    result += change(character, at);
    at += character.length;
  }
  while (run < text.ends.length) {
    ends.push(result.length);
    run++;
  }
  return text.withText(result, ends);
}

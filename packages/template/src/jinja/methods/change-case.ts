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
  return perCharacter(text, (character, index) => (index === 0 ? titleCase(character) : character.toLowerCase()));
}

/** `str.title`: upper case after everything that is no letter. */
export function titleCaseWords(text: Text): Text {
  let inWord = false;
  return perCharacter(text, (character) => {
    const changed = inWord ? character.toLowerCase() : titleCase(character);
    inWord = isCased(character);
    return changed;
  });
}

/** The `title` filter: upper case at the start and after white space, `-`, and opening brackets. */
export function titleCaseFilter(text: Text): Text {
  let inWord = false;
  return perCharacter(text, (character) => {
    const changed = inWord ? character.toLowerCase() : character.toUpperCase();
    inWord = !/[-\s({[<]/.test(character);
    return changed;
  });
}

export function swapCase(text: Text): Text {
  return perCharacter(text, (character) =>
    character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase(),
  );
}

/** True for letters that have a case. */
export function isCased(character: string): boolean {
  return character.toLowerCase() !== character.toUpperCase();
}

// --- internal ---

function titleCase(character: string): string {
  const upper = character.toUpperCase();
  // Letters that become several: only the first is upper case, as in "ß" to "Ss".
  return upper.length > character.length ? upper[0]! + upper.slice(1).toLowerCase() : upper;
}

function perCharacter(text: Text, change: (character: string, index: number) => string): Text {
  let index = 0;
  let result = "";
  const ends: number[] = [];
  let run = 0;
  let at = 0;
  for (const character of text.text) {
    while (run < text.ends.length && text.ends[run]! <= at) {
      ends.push(result.length);
      run++;
    }
    result += change(character, index++);
    at += character.length;
  }
  while (run < text.ends.length) {
    ends.push(result.length);
    run++;
  }
  return text.withText(result, ends);
}

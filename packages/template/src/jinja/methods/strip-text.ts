import { isPythonSpace } from "../python-space.ts";
import type { Run } from "../run.ts";
import type { Text } from "../text.ts";

/** `strip`, `lstrip`, `rstrip`: without these characters, or white space, at the sides. */
export function stripText(text: Text, sides: "both" | "left" | "right", characters: Text | undefined, run: Run): Text {
  const set = characters && new Set(characters.text);
  run.budget.step(characters?.length ?? 0);
  const goes = (index: number): number => {
    if (!set) return isPythonSpace(text.text.charCodeAt(index)) ? 1 : 0;
    const character = String.fromCodePoint(text.text.codePointAt(index)!);
    return set.has(character) ? character.length : 0;
  };
  let start = 0;
  let end = text.length;
  if (sides !== "right") {
    for (let width = 1; start < end; start += width) {
      width = goes(start);
      if (width === 0) break;
    }
  }
  if (sides !== "left") {
    for (let width = 1; end > start; end -= width) {
      width = endsPair(text.text, end) ? goes(end - 2) : goes(end - 1);
      if (width === 0) break;
    }
  }
  run.budget.step(Math.ceil((text.length - (end - start)) / 8));
  return text.slice(start, end);
}

// --- internal ---

function endsPair(text: string, end: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(Math.max(0, end - 2), end));
}

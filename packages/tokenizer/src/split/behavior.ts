/** What becomes of the matches of a split: the five behaviours of tokenizer.json. */
import type { Splitter } from "./splitter.ts";

export type SplitBehavior = "Removed" | "Isolated" | "MergedWithPrevious" | "MergedWithNext" | "Contiguous";

/** Appends start and end of each match in `text[start, end)`, ascending, not overlapping. */
export type Matcher = (text: string, start: number, end: number, matches: number[]) => void;

/** The splitter that treats matches (with `invert`: what lies between them) as `behavior` says. */
export function splitBy(matcher: Matcher, behavior: SplitBehavior, invert: boolean): Splitter {
  return (text, start, end, ranges) => {
    const matches: number[] = [];
    matcher(text, start, end, matches);
    const parts = tiled(matches, start, end);
    if (invert) for (const part of parts) part.isMatch = !part.isMatch;
    for (const part of arranged(parts, behavior)) {
      // Matches may be empty: they cut, and are no pieces.
      if (part.start < part.end) ranges.push(part.start, part.end);
    }
  };
}

// --- internal ---

interface Part {
  start: number;
  end: number;
  isMatch: boolean;
}

function tiled(matches: readonly number[], start: number, end: number): Part[] {
  const parts: Part[] = [];
  let done = start;
  for (let i = 0; i < matches.length; i += 2) {
    if (done < matches[i]!) parts.push({ start: done, end: matches[i]!, isMatch: false });
    parts.push({ start: matches[i]!, end: matches[i + 1]!, isMatch: true });
    done = matches[i + 1]!;
  }
  if (done < end) parts.push({ start: done, end, isMatch: false });
  return parts;
}

function arranged(parts: readonly Part[], behavior: SplitBehavior): Part[] {
  switch (behavior) {
    case "Removed":
      return parts.filter((part) => !part.isMatch);
    case "Isolated":
      return [...parts];
    case "Contiguous":
      return joined(parts, (part, before) => part.isMatch === before.isMatch);
    case "MergedWithPrevious":
      return joined(parts, (part, before) => part.isMatch && !before.isMatch);
    case "MergedWithNext":
      return joined(parts, (part, before) => before.isMatch && !part.isMatch);
    default:
      return behavior satisfies never;
  }
}

/** Joins each part to the one before it where `joins` says so of the two as they were. */
function joined(parts: readonly Part[], joins: (part: Part, before: Part) => boolean): Part[] {
  const list: Part[] = [];
  for (const [index, part] of parts.entries()) {
    if (index > 0 && joins(part, parts[index - 1]!)) list[list.length - 1]!.end = part.end;
    else list.push({ ...part });
  }
  return list;
}

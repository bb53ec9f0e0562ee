import type { Random } from "./random.ts";
import { normalized, type Split, splitOf } from "./split.ts";

/**
 * Wordings of one question. A line such as `what [color|colour] {is} {x}` stands for all choices of its brackets. Each
 * wording belongs to one split; a line that begins with `!` is always learnt, because everybody says it.
 * A line without a mark at its end is a question.
 */
export interface Phrasings {
  /** By line, so that lines with many choices are not asked more often. */
  readonly train: readonly (readonly string[])[];
  readonly development: readonly string[];
  readonly test: readonly string[];
}

/** Reads lines of wordings. */
export function phrasings(lines: readonly string[]): Phrasings {
  const train: string[][] = [];
  const held = { development: [] as string[], test: [] as string[] };
  for (const line of lines) {
    const learnt: string[] = [];
    for (const wording of new Set(expanded(line.replace(/^!/, "")))) {
      const split = line.startsWith("!") ? "train" : splitOf(wording);
      (split === "train" ? learnt : held[split]).push(wording);
    }
    if (learnt.length > 0) train.push(learnt);
  }
  // A wording that another line always teaches is held out by nobody.
  const taught = new Set(train.flat().map(normalized));
  const unseen = (list: readonly string[]): string[] => list.filter((wording) => !taught.has(normalized(wording)));
  return { train, development: unseen(held.development), test: unseen(held.test) };
}

/** A wording of a split; undefined where it has none. */
export function wordingOf({ train, ...held }: Phrasings, split: Split, random: Random): string | undefined {
  if (split === "train") return train.length > 0 ? random.pick(random.pick(train)) : undefined;
  return held[split].length > 0 ? random.pick(held[split]) : undefined;
}

/** All choices of a line's brackets. Brackets do not nest. */
export function expanded(line: string): string[] {
  const open = line.indexOf("[");
  if (open < 0) return [tidied(line)];
  const close = line.indexOf("]", open);
  const before = line.slice(0, open);
  const tails = expanded(line.slice(close + 1));
  return line
    .slice(open + 1, close)
    .split("|")
    .flatMap((choice) => tails.map((tail) => tidied(before + choice + tail)));
}

/** Puts values into a wording's braces. */
export function filled(wording: string, values: Readonly<Record<string, string>>): string {
  return wording.replace(/\{(\w+)\}/g, (brace, key: string) => values[key] ?? brace);
}

// --- internal ---

/** An empty choice leaves two blanks, or one at an end; the inner call's text begins with the blank of its neighbour. */
function tidied(text: string): string {
  return text.replace(/ {2,}/g, " ").replace(/ ([?.!,])/g, "$1");
}

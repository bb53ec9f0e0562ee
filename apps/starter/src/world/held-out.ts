import { contentText } from "@palaver/core";
import { examOf } from "./exam.ts";
import { normalized } from "./split.ts";

/** From so many words on, a question must not even be a part of a text. Shorter ones must not be a whole line. */
const leastWords = 4;

/** Whether a text holds a question of an exam; case and punctuation do not count. */
export function isHeldOut(text: string): boolean {
  index ??= indexed();
  if (text.split("\n").some((line) => index?.short.has(normalized(line)))) return true;
  const words = normalized(text).split(" ");
  for (let at = 0; at + leastWords <= words.length; at++) {
    const questions = index.long.get(words.slice(at, at + leastWords).join(" "));
    if (questions?.some((question) => question.every((word, offset) => words[at + offset] === word))) return true;
  }
  return false;
}

// --- internal ---

interface Index {
  readonly short: Set<string>;
  /** Questions by their first words. */
  readonly long: Map<string, string[][]>;
}

let index: Index | undefined;

function indexed(): Index {
  const short = new Set<string>();
  const long = new Map<string, string[][]>();
  for (const item of [...examOf("development"), ...examOf("test")]) {
    if (item.group === "fim") continue;
    for (const { role, content } of item.messages) {
      if (role !== "user") continue;
      const question = normalized(contentText(content));
      const words = question.split(" ");
      if (words.length < leastWords) short.add(question);
      else {
        const key = words.slice(0, leastWords).join(" ");
        long.set(key, [...(long.get(key) ?? []), words]);
      }
    }
  }
  return { short, long };
}

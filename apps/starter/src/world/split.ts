/**
 * What is learnt from, and what is asked in an exam. A wording, a name or a combination belongs to exactly one split by
 * its hash, so nothing needs to be listed twice and nothing can leak.
 */
export type Split = "train" | "development" | "test";

/** A held-out part of the world. */
export type ExamPart = Exclude<Split, "train">;

/** One in so many goes to each exam. */
const oneIn = 14;

/** The split of a text; case and punctuation do not count. */
export function splitOf(text: string): Split {
  const slot = hash(normalized(text)) % oneIn;
  return slot === 0 ? "development" : slot === 1 ? "test" : "train";
}

/** A text's words and numbers in lower case. Operators stay, else 3 + 4 and 3 - 4 were one. */
export function normalized(text: string): string {
  return text
    .toLowerCase()
    .replace(/['’]/g, "")
    .replace(/[^a-z0-9+*/{}-]+/g, " ")
    .trim();
}

// --- internal ---

/** FNV-1a with a last mixing step, because low bits alone depend too much on the last letters. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}

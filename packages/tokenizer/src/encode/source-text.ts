import { isTrusted, segmentsText, type TextSegment } from "@palaver/core";

/** What is to be encoded: well-formed text, and which of it a template wrote. */
export interface SourceText {
  readonly text: string;
  /** Starts and ends of the runs that a template wrote, ascending, apart from each other. */
  readonly trusted: readonly number[];
}

/** Joins segments and keeps who wrote what. A plain string is all untrusted. Half surrogate pairs become U+FFFD. */
export function sourceText(input: string | readonly TextSegment[]): SourceText {
  if (typeof input === "string") return { text: wellFormed(input), trusted: [] };
  const trusted: number[] = [];
  let length = 0;
  for (const segment of input) {
    const end = length + segment.text.length;
    if (end > length && isTrusted(segment)) {
      if (trusted.at(-1) === length) trusted[trusted.length - 1] = end;
      else trusted.push(length, end);
    }
    length = end;
  }
  return { text: wellFormed(segmentsText(input)), trusted };
}

/** True where a template wrote all of [start, end). */
export function isTrustedRange(trusted: readonly number[], start: number, end: number): boolean {
  let low = 0;
  let high = trusted.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (trusted[2 * middle + 1]! <= start) low = middle + 1;
    else high = middle;
  }
  return 2 * low < trusted.length && trusted[2 * low]! <= start && end <= trusted[2 * low + 1]!;
}

// --- internal ---

function wellFormed(text: string): string {
  return /\p{Surrogate}/u.test(text) ? text.replace(/\p{Surrogate}/gu, "\ufffd") : text;
}

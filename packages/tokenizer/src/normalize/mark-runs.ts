/**
 * Puts long runs of combining marks into canonical order before the engine normalizes them.
 *
 * The engine's own ordering is an insertion sort: a text of a million marks in turns would keep it busy for minutes.
 * What is in order already costs it nothing, and the order is part of every normalization form, so the result is the
 * same. The combining classes, which JavaScript does not tell, follow from how the engine orders pairs.
 */

/** The text with its long runs of marks in order. */
export function orderMarks(text: string): string {
  if (!longRun.test(text)) return text;
  return text.replace(longRuns, (run) => ordered(Array.from(run)).join(""));
}

// --- internal ---

/** Below this length sorting by insertion is faster. */
const longRun = /\p{M}{128}/u;
const longRuns = /\p{M}{128,}/gu;

/** Sorts what lies between marks that do not reorder, and keeps the order of marks of one class. */
function ordered(marks: string[]): string[] {
  const distinct = Array.from(new Set(marks));
  const movable = distinct.filter((mark) => !isStarter(mark)).sort(compare);
  const ranks = new Map<string, number>();
  for (const [index, mark] of movable.entries()) {
    const before = movable[index - 1];
    const rank = before === undefined ? 0 : ranks.get(before)! + (compare(before, mark) === 0 ? 0 : 1);
    ranks.set(mark, rank);
  }
  const result: string[] = [];
  let run: string[] = [];
  const finishRun = (): void => {
    // Array.prototype.sort is stable.
    for (const mark of run.sort((a, b) => ranks.get(a)! - ranks.get(b)!)) result.push(mark);
    run = [];
  };
  for (const mark of marks) {
    if (ranks.has(mark)) run.push(mark);
    else {
      finishRun();
      result.push(mark);
    }
  }
  finishRun();
  return result;
}

/** Negative if the canonical order puts `a` before `b`, 0 if the two stay as they are. */
function compare(a: string, b: string): number {
  const ab = `${a}${b}`.normalize("NFD");
  if (ab !== `${b}${a}`.normalize("NFD")) return 0;
  if (a === b) return 0;
  return ab === a.normalize("NFD") + b.normalize("NFD") ? -1 : 1;
}

/** True for marks of class 0, which nothing moves over: neither the highest class (U+0345) nor the lowest (U+0334). */
function isStarter(mark: string): boolean {
  const form = mark.normalize("NFD");
  const afterHighest = `\u0345${mark}`.normalize("NFD") === `\u0345${form}`;
  const beforeLowest = `${mark}\u0334`.normalize("NFD") === `${form}\u0334`;
  return afterHighest && beforeLowest;
}

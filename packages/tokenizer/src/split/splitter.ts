/**
 * Cuts `text[start, end)` into pieces: appends start and end of each to `ranges`, ascending. What it leaves out is
 * dropped. It looks at nothing outside of the range.
 */
export type Splitter = (text: string, start: number, end: number, ranges: number[]) => void;

/** Finds the end of the piece that begins at `at`; pieces so found tile the text up to `end`. */
export type Scanner = (text: string, at: number, end: number) => number;

/** The splitter that follows a scanner. */
export function scanSplitter(scanner: Scanner): Splitter {
  return (text, start, end, ranges) => {
    for (let at = start; at < end; ) {
      const next = scanner(text, at, end);
      ranges.push(at, next);
      at = next;
    }
  };
}

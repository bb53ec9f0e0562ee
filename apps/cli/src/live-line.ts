import type { Io } from "./io.ts";

/** How often a line is written where there is no terminal to redraw, in milliseconds. */
const lineEveryMs = 15_000;

/** A line on stderr that says how far something is. */
export interface LiveLine {
  /** Shows a line: redrawn on a terminal; elsewhere one now and then, without `bar`. `isLast` is always shown. */
  show(text: string, options?: { readonly bar?: string; readonly isLast?: boolean }): void;
  /** Takes the line off the terminal, so that other text can follow. */
  pause(): void;
}

/** A line that is not shown yet. `now` counts milliseconds from any start. */
export function liveLine(io: Io, now: () => number = () => performance.now()): LiveLine {
  let shown = "";
  let printedAt = Number.NEGATIVE_INFINITY;
  return {
    show: (text, { bar = "", isLast = false } = {}) => {
      if (io.stderr.isTTY) {
        const line = `${bar}${text}`;
        io.stderr.write(`\r${line.padEnd(shown.length)}`);
        shown = line;
        return;
      }
      if (!isLast && now() - printedAt < lineEveryMs) return;
      printedAt = now();
      io.stderr.write(`${text}\n`);
    },
    pause: () => {
      if (shown !== "") io.stderr.write(`\r${" ".repeat(shown.length)}\r`);
      shown = "";
    },
  };
}

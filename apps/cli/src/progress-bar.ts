import type { Io } from "./io.ts";

/** How far something is, in bytes. */
export interface Progress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Work this short needs no bar: it would only flash. */
const delayMs = 500;
const width = 24;

/** A bar on stderr, on a terminal only, that shows up when the work takes long. */
export function progressBar(io: Io, label: string): { update(progress: Progress): void; end(): void } {
  const startedAt = performance.now();
  let shown = "";
  return {
    update({ doneBytes, totalBytes }) {
      if (!io.stderr.isTTY || totalBytes <= 0 || performance.now() - startedAt < delayMs) return;
      const share = Math.min(1, doneBytes / totalBytes);
      const full = Math.round(share * width);
      // As wide at 0 as at 100: a second phase begins over the end of the first.
      const percent = String(Math.floor(share * 100)).padStart(3);
      const line = `${label} [${"#".repeat(full)}${" ".repeat(width - full)}] ${percent} %`;
      if (line === shown) return;
      shown = line;
      io.stderr.write(`\r${line}`);
    },
    end() {
      if (shown !== "") io.stderr.write(`\r${" ".repeat(shown.length)}\r`);
      shown = "";
    },
  };
}

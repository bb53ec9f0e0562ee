import type { Io } from "./io.ts";
import { oneLine } from "./terminal-text.ts";

/** Tells people something on a line of its own, whatever a file has put into it. */
export function warn(io: Pick<Io, "stderr">, message: string): void {
  io.stderr.write(`palaver: ${oneLine(message)}\n`);
}

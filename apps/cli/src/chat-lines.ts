import { createInterface } from "node:readline/promises";
import { type Io, readLines, write } from "./io.ts";

/** What a person says, message by message. */
export interface ChatLines extends AsyncIterable<string> {
  close(): void;
}

/** Begins and ends a message of several lines. */
const fence = '"""';

/**
 * The messages that a person types or pipes in. Ctrl-C calls `onInterrupt`, which ends an answer; a second one, before
 * the next message, ends the program.
 */
export function chatLines(io: Io, onInterrupt: () => void): ChatLines {
  let pressed = false;
  const interrupted = () => {
    if (pressed) process.exit(130);
    pressed = true;
    onInterrupt();
    if (io.stdin.isTTY) io.stderr.write("\n(Ctrl-C again ends palaver, /bye too)\n");
  };
  const takeBack = io.interrupts.onInterrupt(interrupted);
  const source = io.stdin.isTTY ? terminalLines(io, interrupted) : { lines: readLines(io.stdin), close: () => {} };
  return {
    async *[Symbol.asyncIterator]() {
      for await (const message of joinFenced(source.lines)) {
        pressed = false;
        yield message;
      }
    },
    close() {
      takeBack();
      source.close();
    },
  };
}

// --- internal ---

/** Lines from a terminal with editing and history; the prompt goes to stderr, so that stdout holds answers alone. */
function terminalLines(io: Io, interrupted: () => void): { lines: AsyncGenerator<string>; close(): void } {
  const prompt = createInterface({ input: io.stdin, output: io.stderr, terminal: true, historySize: 500 });
  // In raw mode the terminal sends Ctrl-C as a key, not as a signal.
  prompt.on("SIGINT", interrupted);
  const closed = new Promise<undefined>((resolve) => prompt.once("close", () => resolve(undefined)));
  async function* lines() {
    for (;;) {
      const line = await Promise.race([prompt.question(">>> "), closed]);
      if (line === undefined) {
        await write(io.stderr, "\n");
        return;
      }
      yield line;
    }
  }
  return { lines: lines(), close: () => prompt.close() };
}

async function* joinFenced(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let open: string[] | undefined;
  for await (const line of lines) {
    if (open !== undefined) {
      const end = line.indexOf(fence);
      // A fence on a line of its own ends the message before that line.
      if (end !== 0) open.push(end < 0 ? line : line.slice(0, end));
      if (end < 0) continue;
      yield open.join("\n");
      open = undefined;
    } else if (line.startsWith(fence)) {
      const rest = line.slice(fence.length);
      const end = rest.indexOf(fence);
      if (end >= 0) yield rest.slice(0, end);
      else open = rest === "" ? [] : [rest];
    } else yield line;
  }
  if (open !== undefined) yield open.join("\n");
}

import { createInterface } from "node:readline";
import { type Io, readLines, write } from "./io.ts";

/** What a person says, message by message. */
export interface ChatLines extends AsyncIterable<string> {
  close(): void;
}

/** Begins and ends a message of several lines. */
const fence = '"""';

/**
 * The messages that a person types or pipes in. Ctrl-C calls `onInterrupt`, which ends an answer, and forgets what was
 * typed ahead of it; a second one, before the next message, ends the program.
 */
export function chatLines(io: Io, onInterrupt: () => void): ChatLines {
  let pressed = false;
  const interrupted = () => {
    if (pressed) process.exit(130);
    pressed = true;
    onInterrupt();
    source.forget();
    if (io.stdin.isTTY) io.stderr.write("\n(Ctrl-C again ends palaver, /bye too)\n");
  };
  const takeBack = io.interrupts.onInterrupt(interrupted);
  const source = io.stdin.isTTY ? terminalLines(io, interrupted) : pipedLines(io);
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

interface LineSource {
  readonly lines: AsyncIterable<string>;
  /** Drops the lines that nobody has asked for yet. */
  forget(): void;
  close(): void;
}

function pipedLines(io: Io): LineSource {
  return { lines: readLines(io.stdin), forget: () => {}, close: () => {} };
}

/**
 * Lines from a terminal with editing and history; the prompt goes to stderr, so that stdout holds answers alone. A paste
 * gives several lines at once, and people type while a model answers: lines wait here until they are asked for.
 */
function terminalLines(io: Io, interrupted: () => void): LineSource {
  const terminal = createInterface({
    input: io.stdin,
    output: io.stderr,
    terminal: true,
    historySize: 500,
    prompt: ">>> ",
  });
  const typed: string[] = [];
  let isClosed = false;
  let wake = () => {};
  terminal.on("line", (line) => {
    typed.push(line);
    wake();
  });
  // Ctrl-D, also one during an answer.
  terminal.on("close", () => {
    isClosed = true;
    wake();
  });
  // In raw mode the terminal sends Ctrl-C as a key, not as a signal.
  terminal.on("SIGINT", interrupted);
  async function* lines() {
    for (;;) {
      for (let line = typed.shift(); line !== undefined; line = typed.shift()) yield line;
      if (isClosed) return;
      // True: the cursor stays behind what is typed of the line already.
      terminal.prompt(true);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      if (isClosed) await write(io.stderr, "\n");
    }
  }
  return { lines: lines(), forget: () => void typed.splice(0), close: () => terminal.close() };
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

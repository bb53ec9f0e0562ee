import { PassThrough, Readable, Writable } from "node:stream";
import { runCli } from "../cli.ts";
import type { Interrupts } from "../io.ts";

/** What a command wrote, and how it ended. */
export interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Called with all that a stream has said so far, after each write; `press` is a Ctrl-C, `type` presses keys of the terminal. */
type Listener = (text: string, press: () => void, type: (keys: string) => void) => void;

export interface CaptureOptions {
  /** What stdin gives, as a pipe; the first keys on a terminal. Default: nothing. */
  readonly stdin?: string;
  /** All three streams are a terminal, whose stdin ends by Ctrl-D alone. Default: pipes. */
  readonly terminal?: boolean;
  /** SIGTERM arrives as soon as the command hears it. Default: never. */
  readonly terminated?: boolean;
  /** Hears stdout. */
  readonly onOutput?: Listener;
  /** Hears stderr. */
  readonly onLog?: Listener;
}

/** Runs the command line in this process, with its streams in memory. */
export async function runCaptured(args: readonly string[], options: CaptureOptions = {}): Promise<Captured> {
  const handlers: (() => void)[] = [];
  const interrupts: Interrupts = {
    onInterrupt: (handler) => {
      handlers.push(handler);
      return () => void handlers.splice(handlers.lastIndexOf(handler), 1);
    },
    onTermination: (handler) => {
      if (options.terminated) setImmediate(handler, 143);
      return () => {};
    },
  };
  const press = () => handlers.at(-1)?.();
  const { stdin: first = "", terminal: isTTY = false } = options;
  const keys = new PassThrough();
  const type = (text: string) => void keys.write(text);
  const stdout = collector((text) => options.onOutput?.(text, press, type));
  const stderr = collector((text) => options.onLog?.(text, press, type));
  const stdin = isTTY ? keys : Readable.from(first === "" ? [] : [Buffer.from(first)]);
  if (isTTY && first !== "") type(first);
  const code = await runCli(args, {
    stdin: Object.assign(stdin, { isTTY }),
    stdout: Object.assign(stdout.stream, { isTTY }),
    stderr: Object.assign(stderr.stream, { isTTY }),
    interrupts,
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

// --- internal ---

function collector(onText: (text: string) => void = () => {}): { stream: Writable; text(): string } {
  let text = "";
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      onText(text);
      done();
    },
  });
  return { stream, text: () => text };
}

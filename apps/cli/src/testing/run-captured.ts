import { Readable, Writable } from "node:stream";
import { runCli } from "../cli.ts";
import type { Interrupts } from "../io.ts";

/** What a command wrote, and how it ended. */
export interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CaptureOptions {
  /** What stdin gives, as a pipe. Default: nothing. */
  readonly stdin?: string;
  /** Called with all of stdout so far after each write; `press` is a Ctrl-C. */
  readonly onOutput?: (stdout: string, press: () => void) => void;
  /** The same for stderr. */
  readonly onLog?: (stderr: string, press: () => void) => void;
}

/** Runs the command line in this process, with its streams in memory. */
export async function runCaptured(args: readonly string[], options: CaptureOptions = {}): Promise<Captured> {
  const handlers: (() => void)[] = [];
  const interrupts: Interrupts = {
    onInterrupt: (handler) => {
      handlers.push(handler);
      return () => void handlers.splice(handlers.lastIndexOf(handler), 1);
    },
  };
  const press = () => handlers.at(-1)?.();
  const stdout = collector((text) => options.onOutput?.(text, press));
  const stderr = collector((text) => options.onLog?.(text, press));
  const stdin = Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]);
  const code = await runCli(args, { stdin, stdout: stdout.stream, stderr: stderr.stream, interrupts });
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

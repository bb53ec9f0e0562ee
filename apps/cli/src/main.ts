#!/usr/bin/env node
import { runCli } from "./cli.ts";
import { processInterrupts } from "./interrupts.ts";

// A reader that has seen enough (`palaver ... | head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  process.stderr.write(`palaver: ERR_IO: cannot write the output: ${error.message}\n`);
  process.exit(1);
});
// Nobody reads the log any more; the output may still be wanted.
process.stderr.on("error", () => {});

process.exitCode = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  interrupts: processInterrupts(),
});
// A terminal that was read from keeps the event loop alive.
process.stdin.unref?.();

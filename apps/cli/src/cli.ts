import { isPalaverError } from "@palaver/core";
import { Command, CommanderError } from "commander";
import { benchCommand } from "./commands/bench.ts";
import { chatCommand } from "./commands/chat.ts";
import { dataCommand } from "./commands/data.ts";
import { fillCommand } from "./commands/fill.ts";
import { importCommand } from "./commands/import.ts";
import { renderCommand } from "./commands/render.ts";
import { runCommand } from "./commands/run.ts";
import { scoreCommand } from "./commands/score.ts";
import { serveCommand } from "./commands/serve.ts";
import { showCommand } from "./commands/show.ts";
import { tokenizeCommand } from "./commands/tokenize.ts";
import { trainCommand } from "./commands/train.ts";
import { Interrupted } from "./interrupts.ts";
import type { Io } from "./io.ts";
import { oneLine } from "./terminal-text.ts";
import { UsageError } from "./usage-error.ts";
import { version } from "./version.ts";
import { warn } from "./warn.ts";

/** Runs the command line and gives its exit code: 0 done, 1 failed, 2 wrong usage, 130 cut short by Ctrl-C, 143 and 129 by SIGTERM and SIGHUP. */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  const program = new Command("palaver")
    .description("Run chat LLMs locally in Node.js.")
    .version(version, "-V, --version")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    });
  for (const add of [
    chatCommand,
    runCommand,
    serveCommand,
    showCommand,
    importCommand,
    tokenizeCommand,
    renderCommand,
    scoreCommand,
    fillCommand,
    benchCommand,
    trainCommand,
    dataCommand,
  ]) {
    add(program, io);
  }
  try {
    await program.parseAsync(args.length === 0 ? ["chat"] : [...args], { from: "user" });
    return 0;
  } catch (error) {
    return exitCode(error, io);
  }
}

// --- internal ---

function exitCode(error: unknown, io: Io): number {
  // Commander has printed its line already; help and version end with code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError) {
    io.stderr.write(`error: ${oneLine(error.message)}\n`);
    return 2;
  }
  if (error instanceof Interrupted) return error.exitCode;
  if (isPalaverError(error)) {
    warn(io, `${error.code}: ${error.message}`);
    return 1;
  }
  // Not one of ours: still one line; the stack is there for those who ask.
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = process.env.PALAVER_DEBUG && error instanceof Error ? `\n${error.stack}` : "";
  io.stderr.write(`palaver: unexpected failure, please report it: ${oneLine(text)}${stack}\n`);
  return 1;
}

import type { Command } from "commander";
import { interruptible } from "../interrupts.ts";
import { type Io, write, writeJson } from "../io.ts";
import { modelFacts } from "../model-facts.ts";
import { openNamedModel } from "../open-named-model.ts";
import { progressBar } from "../progress-bar.ts";
import { terminalText } from "../terminal-text.ts";

/** `palaver show`: what a model is. */
export function showCommand(program: Command, io: Io): void {
  program
    .command("show")
    .description("Show a model's architecture, parameters, context, template and special tokens.")
    .argument("<MODEL>", "a folder, a .gguf file")
    .option("--json", "one JSON value")
    .action(async (path: string, flags: { readonly json?: boolean }) => {
      const bar = progressBar(io, "importing");
      const opened = await interruptible(io.interrupts, (signal) =>
        openNamedModel(path, { onProgress: bar.update, signal }),
      ).finally(bar.end);
      const facts = modelFacts(opened);
      if (flags.json) await writeJson(io, facts);
      else {
        for (const [name, value] of Object.entries(facts)) {
          const text = Array.isArray(value) ? value.join(" ") : String(value ?? "unknown");
          await write(io.stdout, `${name.padEnd(16)}${terminalText(text)}\n`);
        }
      }
    });
}

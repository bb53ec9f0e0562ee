import type { OnnxDtype } from "@palaver/hub";
import type { Command } from "commander";
import { importReportLines } from "../import-report-text.ts";
import { interruptible } from "../interrupts.ts";
import { type Io, write, writeJson } from "../io.ts";
import { modelFacts } from "../model-facts.ts";
import type { ModelMemory } from "../model-memory.ts";
import { openNamedModel } from "../open-named-model.ts";
import { dtypeOption, integer } from "../options.ts";
import { progressBar } from "../progress-bar.ts";
import { shortCount } from "../short-count.ts";
import { terminalText } from "../terminal-text.ts";

interface Flags {
  readonly context?: number;
  readonly dtype?: OnnxDtype;
  readonly json?: boolean;
}

/** `palaver show`: what a model is. */
export function showCommand(program: Command, io: Io): void {
  program
    .command("show")
    .description("Show a model's architecture, parameters, context, template, special tokens and memory.")
    .argument("<MODEL>", "a folder, a .gguf file")
    .option("--context <tokens>", "the memory of a conversation of this length", integer(1, 1 << 24))
    .addOption(dtypeOption())
    .option("--json", "one JSON value")
    .action(async (path: string, { context, dtype, json }: Flags) => {
      const bar = progressBar(io, "importing");
      const opened = await interruptible(io.interrupts, (signal) =>
        openNamedModel(path, { dtype, neededContextTokens: context, onProgress: bar.update, signal }),
      ).finally(bar.end);
      const facts = modelFacts(opened, context);
      if (json) await writeJson(io, facts);
      else for (const [name, text] of rows(facts)) await write(io.stdout, `${name.padEnd(16)}${terminalText(text)}\n`);
    });
}

// --- internal ---

function rows({ specialTokens, memory, import: report, ...facts }: ReturnType<typeof modelFacts>): [string, string][] {
  const plain = Object.entries(facts).map(([name, value]): [string, string] => {
    return [name, Array.isArray(value) ? value.join(" ") : String(value ?? "unknown")];
  });
  const tokens = Object.entries(specialTokens).map(([name, token]) => `${name} ${token}`);
  const told = report === null ? [] : importReportLines(report);
  return [
    ...plain,
    ["specialTokens", tokens.join(", ")],
    ["memory", memoryText(memory)],
    ...told.map((line): [string, string] => ["import", line]),
  ];
}

function memoryText({ contextTokens, totalBytes, ...parts }: ModelMemory): string {
  const size = (bytes: number | null) => (bytes === null ? "unknown" : `${shortCount(bytes)}B`);
  const list = [
    `weights ${size(parts.weightsBytes)}`,
    `cache ${size(parts.cacheBytes)}`,
    `logits ${size(parts.logitsBytes)}`,
    `activations ${size(parts.activationBytes)}`,
  ];
  return `about ${size(totalBytes)} at a context of ${contextTokens} tokens: ${list.join(", ")}`;
}

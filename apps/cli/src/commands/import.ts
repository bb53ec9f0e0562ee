import { readFile } from "node:fs/promises";
import { PalaverError } from "@palaver/core";
import type { CacheScales } from "@palaver/graph";
import { type ImportOptions, importModel, openModel } from "@palaver/hub";
import { type Command, Option } from "commander";
import { calibrateCache } from "../calibrate/calibrate-cache.ts";
import { defined } from "../defined.ts";
import { importReportLines } from "../import-report-text.ts";
import { interruptible } from "../interrupts.ts";
import { decodeUtf8, type Io, write, writeJson } from "../io.ts";
import { modelFacts } from "../model-facts.ts";
import { integer } from "../options.ts";
import { progressBar } from "../progress-bar.ts";
import { modelPath } from "../shipped-model.ts";
import { terminalText } from "../terminal-text.ts";
import { UsageError } from "../usage-error.ts";
import { comparisonText } from "../verify/comparison-text.ts";
import { type ImportComparison, verifyImport } from "../verify/verify-import.ts";

interface Flags {
  readonly output: string;
  readonly quantize?: "q4" | "q8" | "int8" | "none";
  readonly prefill?: "int8" | "none";
  readonly block?: string;
  readonly context?: number;
  readonly cache?: "float32" | "int8";
  readonly calibrateText?: string;
  readonly verify?: boolean;
  readonly verifyText?: string;
  readonly json?: boolean;
}

/** `palaver import`: a checkpoint becomes an ONNX folder. */
export function importCommand(program: Command, io: Io): void {
  program
    .command("import")
    .description("Turn a safetensors folder or a GGUF file into an ONNX folder.")
    .argument("<SOURCE>", "a folder with config.json and safetensors, or a .gguf file")
    .requiredOption("-o, --output <dir>", "the folder to write; it must not exist, be empty, or be an earlier import")
    .addOption(
      new Option("--quantize <form>", "weights in 4 or 8 bits, or as they are").choices(["q4", "q8", "int8", "none"]),
    )
    .addOption(
      new Option("--prefill <form>", "a second graph for prompts: faster, with more memory").choices(["int8", "none"]),
    )
    .addOption(new Option("--block <n>", "weights that share a scale").choices(["32", "64", "128"]))
    .option("--context <tokens>", "the longest sequence to build for (default: the model's own)", integer(1, 1 << 20))
    .addOption(
      new Option(
        "--cache <type>",
        "int8 keys and values: less memory and faster tokens at long contexts, CPU only",
      ).choices(["float32", "int8"]),
    )
    .option("--calibrate-text <file>", "find the int8 cache's scales with this text instead of a sample")
    .option("--verify", "compare the result with a plain float32 forward pass; minutes for a billion weights")
    .option("--verify-text <file>", "verify with the first tokens of this text instead of a sample")
    .option("--json", "one JSON value: the path, what `show` tells, and what verifying found")
    .action(async (source: string, flags: Flags) => {
      checkBlock(flags);
      // Before the work: a file that cannot be read should not show after it.
      const text = flags.verifyText === undefined ? undefined : await readText(flags.verifyText);
      if (flags.calibrateText !== undefined && flags.cache !== "int8") {
        throw new UsageError("--calibrate-text is for --cache int8");
      }
      const calibrateText = flags.calibrateText === undefined ? undefined : await readText(flags.calibrateText);
      const path = await modelPath(source);
      const cacheScales = flags.cache === "int8" ? await calibrate(io, path, flags, calibrateText) : undefined;
      await runImport(io, path, flags, cacheScales);
      const found = flags.verify || text !== undefined ? await verify(io, path, flags.output, text) : undefined;
      if (flags.json) {
        const facts = modelFacts(await openModel(flags.output));
        await writeJson(io, { path: flags.output, ...facts, ...(found !== undefined && { verified: found }) });
        return;
      }
      await write(io.stdout, `${flags.output}\n`);
      if (found !== undefined) await write(io.stdout, comparisonText(found));
    });
}

// --- internal ---

// The vocabulary's tables are in blocks at int8 too, and in a graph for prompts they always are.
function checkBlock({ block, quantize = "none", prefill = "none" }: Flags): void {
  if (block === undefined || quantize !== "none" || prefill !== "none") return;
  throw new UsageError("--block needs --quantize q4, q8 or int8, or --prefill int8: other weights share no scale");
}

async function readText(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new PalaverError("ERR_NOT_FOUND", `cannot read the text ${path}`, { cause });
  });
  return decodeUtf8(bytes, path);
}

function graphOptions({
  quantize,
  block,
  context,
}: Flags): Pick<ImportOptions, "quantize" | "block" | "contextTokens"> {
  const size = block === undefined ? undefined : (Number(block) as 32 | 64 | 128); // commander checked it
  return defined({ quantize, block: size, contextTokens: context });
}

async function calibrate(io: Io, source: string, flags: Flags, text: string | undefined): Promise<CacheScales[]> {
  const bar = progressBar(io, "calibrating");
  return interruptible(io.interrupts, (signal) =>
    calibrateCache(source, { ...graphOptions(flags), text, onProgress: bar.update, signal }),
  ).finally(bar.end);
}

async function runImport(
  io: Io,
  source: string,
  flags: Flags,
  cacheScales: readonly CacheScales[] | undefined,
): Promise<void> {
  const { output, prefill } = flags;
  const bar = progressBar(io, "importing");
  const options = { ...graphOptions(flags), ...defined({ prefill, cacheScales }), onProgress: bar.update };
  const report = await interruptible(io.interrupts, (signal) =>
    importModel(source, output, { ...options, signal }),
  ).finally(bar.end);
  for (const line of importReportLines(report)) await write(io.stderr, `palaver: ${terminalText(line)}\n`);
}

async function verify(io: Io, source: string, output: string, text: string | undefined): Promise<ImportComparison> {
  const bar = progressBar(io, "verifying");
  return interruptible(io.interrupts, (signal) =>
    verifyImport(source, output, { text, onProgress: bar.update, signal }),
  ).finally(bar.end);
}

import { writeFile } from "node:fs/promises";
import { PalaverError } from "@palaver/core";
import { openModelText } from "@palaver/hub";
import { checkData, type DataReport, dataReportHtml, type ReadExamplesOptions, readExamples } from "@palaver/sft";
import type { Command } from "commander";
import { dataReportText } from "../data/data-report-text.ts";
import { fileLines } from "../data/file-lines.ts";
import { defined } from "../defined.ts";
import { type Io, write, writeJson } from "../io.ts";
import { integer, real } from "../options.ts";
import { modelPath } from "../shipped-model.ts";
import { type FimFlags, fimOf, withFimFlags } from "../train/fim-flags.ts";
import { formatOption, trainOnOption } from "../train/train-command-options.ts";
import { defaultRowTokens, defaultSeed, type TrainFlags, trainedParts } from "../train/train-flags.ts";

interface Flags extends FimFlags {
  readonly model: string;
  readonly format?: NonNullable<ReadExamplesOptions["format"]>;
  readonly trainOn: TrainFlags["trainOn"];
  readonly minRating?: number;
  readonly tokens: number;
  readonly seed: number;
  readonly html?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** `palaver data check`: what a training would learn of a file, and what would go wrong. */
export function dataCheckCommand(data: Command, io: Io): void {
  withFimFlags(data.command("check"))
    .description("Show what is trained on, and refuse what would train wrongly.")
    .argument("<FILE>", "JSON lines, a JSON array or plain text")
    .requiredOption("--model <model>", "whose tokenizer and template to use")
    .addOption(formatOption())
    .addOption(trainOnOption())
    .option("--min-rating <n>", "only records rated at least so", real(-1e6, 1e6))
    .option("--tokens <n>", "tokens of a row in training", integer(2, 1 << 20), defaultRowTokens)
    .option("--seed <n>", "which holes are made in code", integer(0, 2 ** 32 - 1), defaultSeed)
    .option("--html <file>", "write the report as a page")
    .option("--limit <n>", "examples to show", integer(0, 10_000), 5)
    .option(
      "--json",
      "one JSON value: {isUsable, usable, tokens, trainedTokens, problems, badLineReasons, previews, ...}",
    )
    .action(async (file: string, flags: Flags) => {
      const report = await reportOf(file, flags);
      if (flags.html !== undefined) await writePage(flags.html, dataReportHtml(report, { title: file }));
      const isColored = io.stdout.isTTY === true && !process.env.NO_COLOR;
      if (flags.json) await writeJson(io, report);
      else await write(io.stdout, dataReportText(report, { isColored }));
      if (!report.isUsable) throw unusable(file, report);
    });
}

// --- internal ---

async function reportOf(file: string, flags: Flags): Promise<DataReport> {
  const { format, minRating, trainOn, tokens: maxTokens, limit: previews, seed } = flags;
  const fim = fimOf(flags, seed);
  const { tokenizer, template } = await openModelText(await modelPath(flags.model));
  if (tokenizer === undefined) throw new PalaverError("ERR_NOT_FOUND", `${flags.model} has no tokenizer files`);
  const events = readExamples(fileLines(file), defined({ format, minRating }));
  return checkData(events, { tokenizer, template, train: trainedParts[trainOn], fim, maxTokens, previews });
}

async function writePage(path: string, html: string): Promise<void> {
  await writeFile(path, html).catch((cause) => {
    throw new PalaverError("ERR_IO", `cannot write ${path}: ${cause.message}`, { cause });
  });
}

function unusable(file: string, { problemCounts, usable }: DataReport): PalaverError {
  const counts = Object.entries(problemCounts).map(([code, count]) => `${count} x ${code}`);
  const why = counts.length > 0 ? counts.join(", ") : `${usable} usable examples`;
  return new PalaverError("ERR_INVALID_ARGUMENT", `${file} is not fit for training: ${why}`);
}

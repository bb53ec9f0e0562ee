import { PalaverError } from "@palaver/core";
import { type GenerateEvent, generateData } from "@palaver/sft";
import type { Command } from "commander";
import { askForDialogue, topicPlaceholder } from "../data/ask-for-dialogue.ts";
import { openDialogueFile } from "../data/dialogue-file.ts";
import { fileLines } from "../data/file-lines.ts";
import { defined } from "../defined.ts";
import { interruptible } from "../interrupts.ts";
import { type Io, write, writeJson } from "../io.ts";
import { liveLine } from "../live-line.ts";
import { integer, real } from "../options.ts";
import { UsageError } from "../usage-error.ts";
import { warn } from "../warn.ts";

interface Flags {
  readonly endpoint: string;
  readonly model: string;
  readonly output: string;
  readonly count: number;
  readonly topics?: string;
  readonly prompt?: string;
  readonly apiKeyEnv?: string;
  readonly seed: number;
  readonly concurrency: number;
  readonly temperature?: number;
  readonly maxTokens?: number;
  readonly resume?: boolean;
  readonly json?: boolean;
}

interface Counts {
  dialogues: number;
  badAnswers: number;
  duplicates: number;
}

/** `palaver data generate`: dialogues by a larger model, over an OpenAI-compatible endpoint. */
export function dataGenerateCommand(data: Command, io: Io): void {
  data
    .command("generate")
    .description("Have a larger model write dialogues, over an OpenAI-compatible endpoint.")
    .requiredOption("--endpoint <url>", "up to the version, like http://127.0.0.1:11434/v1")
    .requiredOption("--model <name>", "the model's name there")
    .requiredOption("-o, --output <file>", "JSON lines, ready for `palaver train`; FILE.rejected.jsonl has the rest")
    .requiredOption("--count <n>", "how many dialogues to ask for", integer(1, 1e7))
    .option("--topics <file>", "a topic a line")
    .option("--prompt <text>", `what to ask; ${topicPlaceholder} stands for a topic`)
    .option("--api-key-env <name>", "the environment variable that holds the API key")
    .option("--seed <n>", "each dialogue asks with a seed of its own", integer(0, 2 ** 31), 1)
    .option("--concurrency <n>", "requests at a time", integer(1, 64), 4)
    .option("--temperature <t>", "of the larger model (default: its own)", real(0, 2))
    .option("--max-tokens <n>", "of one answer (default: the endpoint's)", integer(1, 1 << 20))
    .option("--resume", "go on with the file, if it is there")
    .option("--json", "at the end, one JSON value: {path, dialogues, badAnswers, duplicates}")
    .action(async (flags: Flags) => {
      const ask = askForDialogue(flags.prompt, await topicsOf(flags));
      const apiKey = apiKeyOf(flags);
      const counts = await interruptible(io.interrupts, (signal) => generate(io, { flags, ask, apiKey, signal }));
      if (flags.json) await writeJson(io, { path: flags.output, ...counts });
      else await write(io.stdout, `${flags.output}\n`);
    });
}

// --- internal ---

async function topicsOf({ topics, prompt }: Flags): Promise<string[]> {
  if (topics === undefined) {
    if (prompt === undefined) throw new UsageError("give --topics FILE, --prompt TEXT, or both");
    if (prompt.includes(topicPlaceholder))
      throw new UsageError(`${topicPlaceholder} in the prompt needs --topics FILE`);
    return [];
  }
  const lines: string[] = [];
  for await (const line of fileLines(topics)) if (line.trim() !== "") lines.push(line.trim());
  if (lines.length > 0) return lines;
  throw new PalaverError("ERR_INVALID_ARGUMENT", `${topics} names no topic: write one a line`);
}

/** Keys come from the environment alone: a command line is seen by every user of the machine, and kept in histories. */
function apiKeyOf({ apiKeyEnv }: Flags): string | undefined {
  if (apiKeyEnv === undefined) return undefined;
  const key = process.env[apiKeyEnv];
  if (key) return key;
  throw new PalaverError(
    "ERR_INVALID_ARGUMENT",
    `the environment variable ${apiKeyEnv} is empty: it should hold the API key`,
  );
}

interface Generation {
  readonly flags: Flags;
  readonly ask: ReturnType<typeof askForDialogue>;
  readonly apiKey: string | undefined;
  readonly signal: AbortSignal;
}

async function generate(io: Io, { flags, ask, apiKey, signal }: Generation): Promise<Counts> {
  const { endpoint: url, model, count, seed, concurrency, temperature, maxTokens } = flags;
  const file = await openDialogueFile(flags.output, { isResumed: flags.resume === true });
  const counts: Counts = { dialogues: 0, badAnswers: 0, duplicates: 0 };
  for (const event of file.done) tally(counts, event);
  const line = liveLine(io);
  const events = generateData({
    fetch,
    ask,
    ...{ url, model, apiKey, count, seed, concurrency, signal },
    done: file.done,
    body: defined({ temperature, max_tokens: maxTokens }),
  });
  try {
    for await (const event of events) {
      if (event.type === "retry") {
        line.pause();
        warn(io, `asking again in ${(event.delayMs / 1000).toFixed(1)} s: ${event.reason}`);
        continue;
      }
      await file.add(event);
      tally(counts, event);
      const { dialogues, badAnswers, duplicates } = counts;
      const asked = dialogues + badAnswers + duplicates;
      const others = `${badAnswers} bad answers, ${duplicates} duplicates`;
      line.show(`${asked} of ${count}: ${dialogues} dialogues, ${others}`, { isLast: asked === count });
    }
  } finally {
    line.pause();
  }
  return counts;
}

function tally(counts: Counts, { type }: GenerateEvent): void {
  if (type === "dialogue") counts.dialogues++;
  else if (type === "bad-answer") counts.badAnswers++;
  else if (type === "duplicate") counts.duplicates++;
}

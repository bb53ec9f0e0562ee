import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { PalaverError, type Tokenizer } from "@palaver/core";
import { uniform } from "@palaver/sampling";
import {
  checkData,
  type DataEvent,
  type DataReport,
  encodeExample,
  type ReadExamplesOptions,
  readExamples,
  type TrainedPart,
  type TrainingSequence,
} from "@palaver/sft";
import type { ChatTemplate } from "@palaver/template";
import { fileLines } from "../data/file-lines.ts";

export interface TrainingDataOptions {
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate | undefined;
  /** Tokens of a row. Longer dialogues are left out, longer texts are cut. */
  readonly rowTokens: number;
  readonly format: ReadExamplesOptions["format"];
  readonly train: TrainedPart;
  readonly minRating: number | undefined;
  readonly signal: AbortSignal;
  /** Hears what is left out. */
  readonly onWarning: (message: string) => void;
}

/** What files hold to learn from. */
export interface TrainingData {
  readonly sequences: readonly TrainingSequence[];
  /** A sha256 of each file, by which a resumed training knows its data. */
  readonly hashes: readonly string[];
}

/**
 * Reads data files and encodes them, after a check of all that would go wrong in silence.
 * @throws ERR_INVALID_ARGUMENT for data that must not be trained on; as `fileLines`
 */
export async function readTrainingData(files: readonly string[], options: TrainingDataOptions): Promise<TrainingData> {
  const sequences: TrainingSequence[] = [];
  const hashes: string[] = [];
  for (const file of files) {
    const events: DataEvent[] = [];
    const { format, minRating } = options;
    for await (const event of readExamples(fileLines(file), { format, minRating })) events.push(event);
    const { signal } = options;
    const { tokenizer, template, train, rowTokens: maxTokens } = options;
    const report = await checkData(untilAborted(events, signal), {
      tokenizer,
      template,
      train,
      maxTokens,
      previews: 0,
    });
    requireUsable(file, report);
    tellLeftOut(file, report, options.onWarning);
    for (const event of events) {
      signal.throwIfAborted();
      if (event.type !== "example") continue;
      const sequence = encodeExample(event.example, { tokenizer, template, train, index: sequences.length });
      const isText = event.example.type === "text" || event.example.type === "code";
      if (isText || sequence.ids.length <= maxTokens) sequences.push(sequence);
    }
    hashes.push(await sha256(file));
  }
  if (sequences.length > 0) return { sequences, hashes };
  throw new PalaverError("ERR_INVALID_ARGUMENT", `${files.join(", ")}: nothing fits into ${options.rowTokens} tokens`);
}

/** Takes a share of the sequences away for evaluation; the same seed takes the same ones. */
export function splitSequences(
  sequences: readonly TrainingSequence[],
  { share, seed }: { readonly share: number; readonly seed: number },
): { readonly train: TrainingSequence[]; readonly held: TrainingSequence[] } {
  const train: TrainingSequence[] = [];
  const held: TrainingSequence[] = [];
  for (const [i, sequence] of sequences.entries()) (uniform(seed, i) < share ? held : train).push(sequence);
  if (train.length > 0 && held.length > 0) return { train, held };
  throw new PalaverError(
    "ERR_INVALID_ARGUMENT",
    `${sequences.length} examples cannot give ${share} of them for evaluation: choose another share or give --evaluate FILE`,
  );
}

// --- internal ---

function* untilAborted<T>(items: Iterable<T>, signal: AbortSignal): Generator<T> {
  for (const item of items) {
    signal.throwIfAborted();
    yield item;
  }
}

/** What trains wrongly is refused; what cannot be read is told and left out. */
function requireUsable(file: string, { isUsable, problems, problemCounts, badLineReasons, usable }: DataReport): void {
  if (isUsable) return;
  const [problem] = problems;
  const advice = `see \`palaver data check ${file}\``;
  if (problem !== undefined) {
    const counts = Object.entries(problemCounts).map(([code, count]) => `${count} x ${code}`);
    const first = `line ${problem.line}: ${problem.code}: ${problem.message}`;
    throw new PalaverError(
      "ERR_INVALID_ARGUMENT",
      `${file} would train wrongly (${counts.join(", ")}): ${first}; ${advice}`,
    );
  }
  const [bad] = badLineReasons;
  if (usable > 0 || bad === undefined) return;
  throw new PalaverError(
    "ERR_INVALID_ARGUMENT",
    `${file}: nothing can be used; line ${bad.line}: ${bad.reason}; ${advice}`,
  );
}

function tellLeftOut(file: string, report: DataReport, onWarning: (message: string) => void): void {
  const { badLines, badLineReasons, tooLong } = report;
  const [bad] = badLineReasons;
  if (bad !== undefined) onWarning(`${file}: ${badLines} lines are left out; line ${bad.line}: ${bad.reason}`);
  if (tooLong > 0)
    onWarning(`${file}: ${tooLong} examples are longer than a row: dialogues are left out, texts are cut`);
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

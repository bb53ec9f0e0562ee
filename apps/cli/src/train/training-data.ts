import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { PalaverError, type Tokenizer } from "@palaver/core";
import { uniform } from "@palaver/sampling";
import {
  checkData,
  type DataEvent,
  type DataReport,
  type EncodeExampleOptions,
  encodeExample,
  isCuttable,
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
  /** How code gets holes. Undefined: it is learnt as text. */
  readonly fim: EncodeExampleOptions["fim"];
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
    const { tokenizer, template, train, fim, signal, rowTokens: maxTokens } = options;
    const encoding = { tokenizer, template, train, fim };
    const report = await checkData(inTurns(events, signal), { ...encoding, maxTokens, previews: 0 });
    requireUsable(file, report);
    tellLeftOut(file, report, options.onWarning);
    let index = 0;
    for await (const event of inTurns(events, signal)) {
      if (event.type !== "example") continue;
      const sequence = encodeExample(event.example, { ...encoding, index: index++ });
      if (isCuttable(event.example) || sequence.ids.length <= maxTokens) sequences.push(sequence);
    }
    hashes.push(await sha256(file));
  }
  if (sequences.length > 0) return { sequences, hashes };
  throw new PalaverError("ERR_INVALID_ARGUMENT", `${files.join(", ")}: nothing fits into ${options.rowTokens} tokens`);
}

/**
 * Takes a share of the sequences away for evaluation; the same seed takes the same ones. What occurs twice is on one side: a
 * sequence that is learnt too would say nothing.
 */
export function splitSequences(
  sequences: readonly TrainingSequence[],
  { share, seed }: { readonly share: number; readonly seed: number },
): { readonly train: TrainingSequence[]; readonly held: TrainingSequence[] } {
  const draws = sequences.map(({ ids }) => uniform(seed, hashOf(ids)));
  const places = [...new Set(draws)].sort((a, b) => a - b);
  const end = places[Math.max(1, Math.round(share * places.length))] ?? Number.POSITIVE_INFINITY;
  const train = sequences.filter((_, i) => draws[i]! >= end);
  const held = sequences.filter((_, i) => draws[i]! < end);
  if (train.length > 0 && held.length > 0) return { train, held };
  throw new PalaverError(
    "ERR_INVALID_ARGUMENT",
    `${sequences.length} examples cannot give ${share} of them for evaluation: choose another share or give --evaluate FILE`,
  );
}

// --- internal ---

/** How long examples are encoded before the event loop gets its turn. */
const TURN_MS = 20;

/** Items that take long, in turns of the event loop, so that Ctrl-C is heard. */
async function* inTurns<T>(items: Iterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  let end = performance.now() + TURN_MS;
  for (const item of items) {
    if (performance.now() >= end) {
      await nextTurn();
      end = performance.now() + TURN_MS;
    }
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

function hashOf(ids: ArrayLike<number>): number {
  return createHash("sha256").update(Int32Array.from(ids)).digest().readUInt32LE();
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

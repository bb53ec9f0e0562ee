import { isPalaverError, PalaverError } from "@palaver/core";
import { type EncodeExampleOptions, encodeExample } from "../data/encode-example.ts";
import { type DialogueExample, type Example, isCuttable } from "../data/example.ts";
import type { DataEvent } from "../data/read-examples.ts";
import { countLabels, type TrainingSequence } from "../packing/training-sequence.ts";
import type { DataPreview, DataProblem, DataReport } from "../report/data-report.ts";
import { previewPieces } from "../report/preview-pieces.ts";
import { checkDialogue } from "./check-dialogue.ts";

/** Rendering every beginning of a dialogue costs the square of its length: of each shape one is enough, and of so many shapes. */
const STABILITY_CHECKS = 100;

/** A preview is for reading; the report stays small. */
const PREVIEW_CHARACTERS = 8000;

export interface CheckDataOptions extends Omit<EncodeExampleOptions, "index"> {
  /** Tokens of a row in training: longer examples are counted as too long. */
  readonly maxTokens: number;
  /** How many examples are shown. Default: 5. */
  readonly previews?: number | undefined;
  /** How many problems and bad lines are listed; all are counted. Default: 100. */
  readonly maxListed?: number | undefined;
}

/**
 * Encodes data as training would and looks for what would go wrong.
 * @throws ERR_INVALID_ARGUMENT for options; what `events` throws
 */
export async function checkData(
  events: Iterable<DataEvent> | AsyncIterable<DataEvent>,
  options: CheckDataOptions,
): Promise<DataReport> {
  const { maxTokens } = options;
  if (!(Number.isSafeInteger(maxTokens) && maxTokens >= 2)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `maxTokens must be 2 or more, got ${maxTokens}`);
  }
  const tally = new Tally(options);
  let index = 0;
  for await (const event of events) {
    if (event.type === "example") tally.addExample(event.line, event.example, index++);
    else tally.addLine(event);
  }
  return tally.report();
}

// --- internal ---

class Tally {
  readonly #options: CheckDataOptions;
  readonly #types: Partial<Record<Example["type"], number>> = {};
  readonly #lengths = new Map<number, number>();
  readonly #problemCounts: Partial<Record<DataProblem["code"], number>> = {};
  readonly #problems: DataProblem[] = [];
  readonly #badLineReasons: { line: number; reason: string }[] = [];
  readonly #previews: DataPreview[] = [];
  readonly #shapes = new Set<string>();
  readonly #counts = { usable: 0, badLines: 0, leftOut: 0, tooLong: 0, tokens: 0, trainedTokens: 0 };

  constructor(options: CheckDataOptions) {
    this.#options = options;
  }

  addLine(event: Exclude<DataEvent, { type: "example" }>): void {
    if (event.type === "left-out") {
      this.#counts.leftOut++;
      return;
    }
    this.#counts.badLines++;
    const { line, reason } = event;
    if (this.#badLineReasons.length < this.#maxListed) this.#badLineReasons.push({ line, reason });
  }

  addExample(line: number, example: Example, index: number): void {
    this.#types[example.type] = (this.#types[example.type] ?? 0) + 1;
    const { sequence, problems } = this.#encode(example, index);
    for (const problem of problems) {
      this.#problemCounts[problem.code] = (this.#problemCounts[problem.code] ?? 0) + 1;
      if (this.#problems.length < this.#maxListed) this.#problems.push({ line, ...problem });
    }
    if (sequence === undefined) return;
    const tokens = sequence.ids.length;
    const bucket = 2 ** Math.ceil(Math.log2(Math.max(1, tokens)));
    this.#lengths.set(bucket, (this.#lengths.get(bucket) ?? 0) + 1);
    this.#counts.tokens += tokens;
    const isTooLong = tokens > this.#options.maxTokens;
    if (isTooLong) this.#counts.tooLong++;
    if (!isTooLong || isCuttable(example)) {
      this.#counts.trainedTokens += countLabels(sequence);
      if (problems.length === 0) this.#counts.usable++;
    }
    const { tokenizer, previews = 5 } = this.#options;
    if (this.#previews.length >= previews) return;
    this.#previews.push({ line, pieces: previewPieces(sequence, tokenizer, PREVIEW_CHARACTERS) });
  }

  report(): DataReport {
    return {
      isUsable: this.#counts.usable > 0 && Object.keys(this.#problemCounts).length === 0,
      types: this.#types,
      ...this.#counts,
      histogram: [...this.#lengths].sort(([a], [b]) => a - b).map(([maxTokens, examples]) => ({ maxTokens, examples })),
      problemCounts: this.#problemCounts,
      problems: this.#problems,
      badLineReasons: this.#badLineReasons,
      previews: this.#previews,
    };
  }

  get #maxListed(): number {
    return this.#options.maxListed ?? 100;
  }

  /** A template that writes a turn otherwise once another follows does so by who speaks, and by what a message has. */
  #isNewShape({ messages, tools }: DialogueExample): boolean {
    const shape = JSON.stringify([
      tools.length > 0,
      messages.map((message) => [message.role, ...Object.keys(message)]),
    ]);
    if (this.#shapes.has(shape) || this.#shapes.size >= STABILITY_CHECKS) return false;
    this.#shapes.add(shape);
    return true;
  }

  #encode(
    example: Example,
    index: number,
  ): { readonly sequence: TrainingSequence | undefined; readonly problems: readonly Omit<DataProblem, "line">[] } {
    const { template, tokenizer, train } = this.#options;
    try {
      if (example.type === "dialogue" && template !== undefined) {
        const checkStability = this.#isNewShape(example);
        const { encoded, problems } = checkDialogue(example, { template, tokenizer, train, checkStability });
        return { sequence: encoded, problems };
      }
      const sequence = encodeExample(example, { ...this.#options, index });
      const isEmpty = countLabels(sequence) === 0;
      return { sequence, problems: isEmpty ? [{ code: "mask-empty", message: "no token is learnt" }] : [] };
    } catch (error) {
      if (!isPalaverError(error)) throw error;
      return { sequence: undefined, problems: [{ code: "not-encodable", message: error.message }] };
    }
  }
}

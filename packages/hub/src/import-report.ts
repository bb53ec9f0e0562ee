import type { RoundedTensor } from "@palaver/graph";
import { type JsonFields, jsonFields } from "./json-fields.ts";
import { knownFields } from "./known-fields.ts";

/** What rounding to 4 or 8 bits lost. An error is `sqrt(sum of squared differences / sum of squares)`. */
export interface RoundingReport {
  /** How many tensors were rounded. */
  readonly tensors: number;
  /** Over the elements of all of them. */
  readonly relativeError: number;
  /** The tensor that lost most, and its own error. */
  readonly worstTensor: string;
  readonly worstRelativeError: number;
}

/** What an import did with a checkpoint that is worth knowing. */
export interface ImportReport {
  /** Absent where every weight is stored as exactly as the checkpoint has it. */
  readonly rounding?: RoundingReport;
  /** The same of the graph for prompts; absent where there is none. */
  readonly prefillRounding?: RoundingReport;
  /** Choices and omissions, a sentence each. */
  readonly notes: readonly string[];
}

/** Gathers what is told of rounded tensors. */
export class RoundingTotals {
  #tensors = 0;
  #squaredError = 0;
  #squares = 0;
  #worst = { tensor: "", relativeError: -1 };

  add({ tensor, squaredError, squares }: RoundedTensor): void {
    this.#tensors += 1;
    this.#squaredError += squaredError;
    this.#squares += squares;
    const relativeError = Math.sqrt(squaredError / squares);
    if (relativeError > this.#worst.relativeError) this.#worst = { tensor, relativeError };
  }

  /** Undefined where nothing was rounded. */
  get report(): RoundingReport | undefined {
    if (this.#tensors === 0) return undefined;
    return {
      tensors: this.#tensors,
      relativeError: Math.sqrt(this.#squaredError / this.#squares),
      worstTensor: this.#worst.tensor,
      worstRelativeError: this.#worst.relativeError,
    };
  }
}

/** The report in a manifest at `path`. @throws ERR_FORMAT */
export function parseImportReport(json: unknown, path: string): ImportReport {
  const fields = jsonFields(json, path);
  return knownFields<ImportReport>({
    rounding: parseRounding(fields.object("rounding")),
    prefillRounding: parseRounding(fields.object("prefillRounding")),
    notes: parseNotes(fields),
  });
}

// --- internal ---

function parseRounding(fields: JsonFields | undefined): RoundingReport | undefined {
  if (fields === undefined) return undefined;
  return {
    tensors: fields.integer("tensors") ?? 0,
    relativeError: fields.number("relativeError") ?? 0,
    worstTensor: fields.text("worstTensor") ?? "",
    worstRelativeError: fields.number("worstRelativeError") ?? 0,
  };
}

function parseNotes(fields: JsonFields): string[] {
  const notes: unknown = fields.raw("notes") ?? [];
  if (Array.isArray(notes) && notes.every((note) => typeof note === "string")) return notes;
  throw fields.wrong("notes", "a list of strings");
}

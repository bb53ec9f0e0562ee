import { type CallFormatName, callFormats } from "./call-formats.ts";
import { type ReasoningFormatName, reasoningFormats } from "./reasoning-format.ts";

/** How a model's answers are written. */
export interface AnswerFormat {
  /** How it writes calls. */
  readonly calls: CallFormatName;
  /** How it sets its reasoning apart. Absent: not at all. */
  readonly reasoning?: ReasoningFormatName;
}

/** The format that a chat template's source shows, by the markers in it; `generic-json` where it shows none. */
export function detectAnswerFormat(templateSource: string): AnswerFormat {
  const calls = names(callFormats).find((name) => callFormats[name].appearsIn(templateSource)) ?? "generic-json";
  const reasoning = names(reasoningFormats).find(
    (name) =>
      templateSource.includes(reasoningFormats[name].open) || templateSource.includes(reasoningFormats[name].close),
  );
  return reasoning === undefined ? { calls } : { calls, reasoning };
}

// --- internal ---

// The tables are constants of this package, so their keys are all they have.
function names<T extends object>(table: T): (keyof T)[] {
  return Object.keys(table) as (keyof T)[];
}

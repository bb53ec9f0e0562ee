import type { MaskProblemCode } from "../check/mask-problem.ts";
import type { Example } from "../data/example.ts";

/** A piece of an example's text. */
export interface PreviewPiece {
  readonly text: string;
  readonly isTrained: boolean;
}

/** An example as the model reads it, in pieces that are learnt or only read. */
export interface DataPreview {
  readonly line: number;
  readonly pieces: readonly PreviewPiece[];
}

/** A problem of an example: with its mask, or it cannot be encoded at all. */
export interface DataProblem {
  readonly line: number;
  readonly code: MaskProblemCode | "not-encodable";
  readonly message: string;
}

/** What data is like, before anything is trained on it. Plain JSON. */
export interface DataReport {
  /** True where no example has a problem and at least one can be learnt. */
  readonly isUsable: boolean;
  /** Examples of each type. */
  readonly types: Readonly<Partial<Record<Example["type"], number>>>;
  /** Examples without a problem that fit. */
  readonly usable: number;
  readonly badLines: number;
  readonly leftOut: number;
  /** Examples longer than `maxTokens`; the trainer leaves them out, or cuts texts. */
  readonly tooLong: number;
  readonly tokens: number;
  readonly trainedTokens: number;
  /** How many examples have at most `maxTokens` tokens and more than the entry before allows. */
  readonly histogram: readonly { readonly maxTokens: number; readonly examples: number }[];
  /** How often each problem was found. */
  readonly problemCounts: Readonly<Partial<Record<DataProblem["code"], number>>>;
  /** The first problems. */
  readonly problems: readonly DataProblem[];
  /** The first lines that could not be read, and why. */
  readonly badLineReasons: readonly { readonly line: number; readonly reason: string }[];
  readonly previews: readonly DataPreview[];
}

import type { RefusedCheckpoint } from "../checkpoint/checkpoint-log.ts";
import type { SkippedSequence } from "../packing/sequence-pool.ts";

/** A step that was taken. */
export interface StepMetrics {
  /** From 1. */
  readonly step: number;
  /** Mean of -log P(label) over the step's labels, before the step. */
  readonly loss: number;
  readonly learningRate: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  /** Tokens read. */
  readonly tokens: number;
  /** Tokens learnt. */
  readonly labels: number;
  readonly sequences: number;
  /** Places that the step's batches had for tokens; `tokens / places` is how full they were. */
  readonly places: number;
}

/** What the held-out data says. */
export interface Evaluation {
  /** Mean of -log P(label); its exponential is the perplexity. */
  readonly loss: number;
  readonly labels: number;
}

/** What happens in training, in order. All are plain JSON. */
export type TrainEvent =
  /** Goes on from a checkpoint; `changed` names settings that are others now. */
  | { readonly type: "resume"; readonly step: number; readonly checkpoint: string; readonly changed: readonly string[] }
  /** A checkpoint was malformed; the one before it is tried. */
  | ({ readonly type: "checkpoint-refused" } & RefusedCheckpoint)
  | ({ readonly type: "sequence-skip" } & SkippedSequence)
  | ({ readonly type: "step" } & StepMetrics)
  | ({ readonly type: "evaluation"; readonly step: number } & Evaluation)
  | { readonly type: "checkpoint"; readonly step: number; readonly checkpoint: string }
  /** The last step is done, the data is used up, or `stopSignal` was aborted. */
  | { readonly type: "end"; readonly step: number; readonly reason: "steps" | "data" | "stop" };

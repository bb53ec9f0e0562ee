import type { JsonObject } from "@palaver/core";
import type { CheckpointStore } from "../checkpoint/checkpoint-store.ts";
import type { SequenceSource } from "../packing/training-sequence.ts";
import type { EvaluateOptions } from "./evaluate-loss.ts";
import type { LearningRateOptions } from "./learning-rate.ts";

export interface TrainOptions {
  /** What to learn from. It ends training when it ends. */
  readonly data: SequenceSource;
  /** What becomes of a sequence longer than a row: left out and reported, or cut into rows. Default: `skip`. */
  readonly overlong?: "skip" | "split" | undefined;
  /** How many sequences are looked through to fill a row. Default: 64. */
  readonly poolSize?: number | undefined;
  /** Steps in all, those done before included; the schedule ends there. */
  readonly steps: number;
  readonly learningRate: LearningRateOptions;
  /** Measures held-out data after every `everySteps` steps and after the last. Default: never. */
  readonly evaluation?: (Omit<EvaluateOptions, "signal"> & { readonly everySteps: number }) | undefined;
  /** Writes a checkpoint after every `everySteps` steps and after the last, also where `stopSignal` made it the last. Default: never. */
  readonly checkpoints?: CheckpointOptions | undefined;
  /** Facts of the caller's that the result depends on (seeds, names of data, the template); kept in checkpoints. Default: none. */
  readonly settings?: JsonObject | undefined;
  /** Makes the step in progress the last: nothing of it is lost. */
  readonly stopSignal?: AbortSignal | undefined;
  /** Stops at once; what the step in progress has done is dropped. */
  readonly signal?: AbortSignal | undefined;
}

export interface CheckpointOptions {
  readonly store: CheckpointStore;
  readonly everySteps: number;
  /** How many are kept, the newest. Default: 2. */
  readonly keep?: number | undefined;
}

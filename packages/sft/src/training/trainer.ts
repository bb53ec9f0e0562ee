import type { Runtime } from "@palaver/core";
import type { TrainingGraphs, UpdateOptions, Weights } from "@palaver/graph";
import type { EvaluateOptions } from "./evaluate-loss.ts";
import type { Evaluation, TrainEvent } from "./train-event.ts";
import type { TrainOptions } from "./train-options.ts";

export interface TrainerOptions {
  readonly runtime: Runtime;
  /** The model's graphs, as `writeTraining` of `@palaver/graph` gives them. */
  readonly graphs: TrainingGraphs;
  /** What to start from: a checkpoint's weights, `initialWeights`, or for low-rank training `loraWeights`. */
  readonly weights: Weights;
  /** Rows of a batch. */
  readonly rows: number;
  /** Tokens of a row; the longest sequence that is learnt whole. */
  readonly tokens: number;
  /** Batches of a step; their gradients are added, so a step learns from `rows * tokens * accumulate` tokens. Default: 1. */
  readonly accumulate?: number | undefined;
  /**
   * For how many labels a batch may have places, ascending; each batch takes the smallest size that holds its labels,
   * and each size is a graph with memory of its own. Default: half of `rows * tokens`, and all.
   */
  readonly labelSizes?: readonly number[] | undefined;
  /** AdamW, Muon and clipping. Default: the graphs' defaults. */
  readonly update?: UpdateOptions | undefined;
  /**
   * Batches of a step that are computed at the same time, each by `threads` and with gradients of its own. It is the better
   * use of several cores where `accumulate` is at least as large; the same number gives the same bits. Default: 1.
   */
  readonly workers?: number | undefined;
  /** Threads of each operation. Default: the runtime's. */
  readonly threads?: number | undefined;
}

/** A model in training: owns its weights, gradients and moments. */
export interface Trainer {
  /** Steps done. */
  readonly step: number;
  /**
   * Goes on until step `steps` has been taken, telling what happens; with a store, and before the
   * first step of this trainer, from its newest checkpoint. Leaving
   * the loop between events stops training; calling again goes on.
   *
   * @throws ERR_INVALID_ARGUMENT with `details.step` where the loss or the gradients are not finite: the weights are those
   * of the step before; ERR_CLOSED; `signal.reason` when aborted; what the data, the store and the runtime throw
   */
  train(options: TrainOptions): AsyncGenerator<TrainEvent, void, undefined>;
  /** The mean loss over held-out data. @throws ERR_INVALID_ARGUMENT for data without a label, ERR_CLOSED */
  evaluate(options: EvaluateOptions): Promise<Evaluation>;
  /** What is trained, as it is now, float32; each `read` copies one tensor. Of low-rank training, the changes: see `mergedWeights` of `@palaver/graph`. */
  weights(): Weights;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

import type { RuntimeTensor } from "@palaver/core";
import type { PackedBatch } from "../packing/pack-batch.ts";
import { type BatchRunnerOptions, createBatchRunner } from "./batch-runner.ts";
import { floatsOf, type TrainedParameter } from "./training-tensors.ts";

export interface StepRunnerOptions extends BatchRunnerOptions {
  /** Batches that are computed at the same time. */
  readonly workers: number;
}

/** Computes a step's batches, several at a time; their gradients end up in the tensors that it was made with. */
export interface StepRunner {
  /** Adds the gradients of all batches; gives the sum of their losses, each label counting `weight`. */
  addGradients(batches: readonly PackedBatch[], weight: number, signal: AbortSignal | undefined): Promise<number>;
  /** The sum of the labels' losses. */
  measure(batch: PackedBatch, signal: AbortSignal | undefined): Promise<number>;
  /** Forgets what a step that failed has added. */
  clear(): void;
  close(): Promise<void>;
}

/**
 * Worker w takes batches w, w + workers, ... into gradients of its own, and those are added in the workers' order: which of
 * them ends first changes no bit.
 */
export function createStepRunner({ workers, ...options }: StepRunnerOptions): StepRunner {
  const own: RuntimeTensor[] = [];
  const sets = Array.from({ length: workers }, (_, worker): readonly TrainedParameter[] => {
    if (worker === 0) return options.tensors.parameters;
    return options.tensors.parameters.map((parameter) => {
      const gradient = options.runtime.tensor("float32", parameter.shape);
      own.push(gradient);
      return { ...parameter, gradient };
    });
  });
  const runners = sets.map((parameters) =>
    createBatchRunner({ ...options, tensors: { ...options.tensors, parameters } }),
  );
  return {
    addGradients: async (batches, weight, signal) => {
      const losses = new Float64Array(batches.length);
      const working = runners.map(async (runner, worker) => {
        for (let at = worker; at < batches.length; at += workers) {
          losses[at] = await runner.addGradients(batches[at]!, weight, signal);
        }
      });
      // All of them, also where one has failed: none may write into gradients that are cleared.
      for (const result of await Promise.allSettled(working)) if (result.status === "rejected") throw result.reason;
      for (const others of sets.slice(1)) addUp(sets[0]!, others);
      return losses.reduce((sum, loss) => sum + loss, 0);
    },
    measure: (batch, signal) => runners[0]!.measure(batch, signal),
    clear: () => {
      for (const { gradient } of sets.flat()) floatsOf(gradient).fill(0);
    },
    close: async () => {
      for (const runner of runners) await runner.close();
      for (const tensor of own) tensor.close();
    },
  };
}

// --- internal ---

/** Adds one worker's gradients to another's, and leaves zeros. */
function addUp(to: readonly TrainedParameter[], from: readonly TrainedParameter[]): void {
  for (const [index, { gradient }] of to.entries()) {
    const sums = floatsOf(gradient);
    const parts = floatsOf(from[index]!.gradient);
    for (let i = 0; i < sums.length; i++) sums[i]! += parts[i]!;
    parts.fill(0);
  }
}

import { PalaverError } from "@palaver/core";
import type { TrainOptions } from "./train-options.ts";
import type { TrainerOptions } from "./trainer.ts";

/** Sizes of a step with their defaults. @throws ERR_INVALID_ARGUMENT */
export function checkTrainerOptions({ rows, tokens, accumulate = 1, labelSizes, workers = 1 }: TrainerOptions): {
  readonly rows: number;
  readonly tokens: number;
  readonly accumulate: number;
  readonly labelSizes: readonly number[];
  readonly workers: number;
} {
  requireCount("rows", rows);
  requireCount("tokens", tokens, 2);
  requireCount("accumulate", accumulate);
  requireCount("workers", workers);
  const places = rows * tokens;
  const sizes = labelSizes ?? [Math.ceil(places / 2), places];
  if (sizes.length === 0) throw new PalaverError("ERR_INVALID_ARGUMENT", "labelSizes must have a size");
  for (const [index, size] of sizes.entries()) {
    requireCount("a label size", size);
    if (size > places || size <= (sizes[index - 1] ?? 0)) {
      throw new PalaverError(
        "ERR_INVALID_ARGUMENT",
        `labelSizes must ascend to at most ${places}, got ${sizes.join(", ")}`,
      );
    }
  }
  return { rows, tokens, accumulate, labelSizes: sizes, workers };
}

/** @throws ERR_INVALID_ARGUMENT */
export function checkTrainOptions({ steps, evaluation, checkpoints }: TrainOptions): void {
  requireCount("steps", steps);
  if (evaluation) requireCount("evaluation.everySteps", evaluation.everySteps);
  if (checkpoints) {
    requireCount("checkpoints.everySteps", checkpoints.everySteps);
    requireCount("checkpoints.keep", checkpoints.keep ?? 2);
  }
}

// --- internal ---

function requireCount(name: string, value: number, smallest = 1): void {
  if (Number.isSafeInteger(value) && value >= smallest) return;
  throw new PalaverError("ERR_INVALID_ARGUMENT", `${name} must be a whole number from ${smallest} on, got ${value}`);
}

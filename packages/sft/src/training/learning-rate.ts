import { PalaverError } from "@palaver/core";

export interface LearningRateOptions {
  /** The highest rate, reached after the warm-up. */
  readonly peak: number;
  /** Steps over which the rate grows from nothing, by the same amount at each. Default: 0. */
  readonly warmupSteps?: number | undefined;
  /** How it falls afterwards until the last step. Default: `cosine`. */
  readonly decay?: "cosine" | "linear" | "constant" | undefined;
  /** What is left of `peak` at the last step, for the falling ones. Default: 0.1. */
  readonly finalRatio?: number | undefined;
}

/** The learning rate of a step, from 1 to `steps`. @throws ERR_INVALID_ARGUMENT */
export function learningRate(options: LearningRateOptions, step: number, steps: number): number {
  const { peak, warmupSteps = 0, decay = "cosine", finalRatio = 0.1 } = options;
  checkOptions({ peak, warmupSteps, finalRatio });
  if (step <= warmupSteps) return (peak * step) / warmupSteps;
  // 0 right behind the warm-up, 1 at the last step.
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, steps - warmupSteps));
  const left = remaining(decay, progress);
  return peak * (decay === "constant" ? 1 : finalRatio + (1 - finalRatio) * left);
}

// --- internal ---

function checkOptions({ peak, warmupSteps, finalRatio }: Required<Omit<LearningRateOptions, "decay">>): void {
  const isRate = Number.isFinite(peak) && peak > 0;
  const isRatio = finalRatio !== undefined && finalRatio >= 0 && finalRatio <= 1;
  if (isRate && isRatio && Number.isSafeInteger(warmupSteps) && warmupSteps! >= 0) return;
  throw new PalaverError(
    "ERR_INVALID_ARGUMENT",
    `a learning rate needs a positive peak, whole warm-up steps and a final ratio from 0 to 1: got ${peak}, ${warmupSteps}, ${finalRatio}`,
  );
}

/** What is left of the fall, from 1 to 0. */
function remaining(decay: NonNullable<LearningRateOptions["decay"]>, progress: number): number {
  switch (decay) {
    case "cosine":
      return (1 + Math.cos(Math.PI * progress)) / 2;
    case "linear":
      return 1 - progress;
    case "constant":
      return 1;
    default:
      throw new PalaverError("ERR_INVALID_ARGUMENT", `unknown decay ${JSON.stringify(decay satisfies never)}`);
  }
}

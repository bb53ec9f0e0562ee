import { PalaverError } from "@palaver/core";
import { readStep } from "../packing/read-step.ts";
import { dataStart, openSequencePool } from "../packing/sequence-pool.ts";
import type { SequenceSource } from "../packing/training-sequence.ts";
import type { BatchRunner } from "./batch-runner.ts";
import type { Evaluation } from "./train-event.ts";

export interface EvaluateOptions {
  /** Held-out sequences, read from their start each time. */
  readonly data: SequenceSource;
  /** What becomes of a sequence longer than a row. Default: `skip`. */
  readonly overlong?: "skip" | "split" | undefined;
  /** How many batches are measured at most. Default: all. */
  readonly maxBatches?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Measures the mean loss over data without learning from it. @throws ERR_INVALID_ARGUMENT for data without a label */
export async function evaluateLoss(
  runner: Pick<BatchRunner, "measure">,
  { rows, tokens }: { readonly rows: number; readonly tokens: number },
  { data, overlong, maxBatches = Number.POSITIVE_INFINITY, signal }: EvaluateOptions,
): Promise<Evaluation> {
  const pool = openSequencePool(data, dataStart, { rowTokens: tokens, overlong });
  let sum = 0;
  let labels = 0;
  try {
    for (let batch = 0; batch < maxBatches; batch++) {
      signal?.throwIfAborted();
      const step = await readStep(pool, { rows, tokens, accumulate: 1 });
      if (step === undefined) break;
      sum += await runner.measure(step.batches[0]!, signal);
      labels += step.labels;
    }
  } finally {
    await pool.close();
  }
  if (labels > 0) return { loss: sum / labels, labels };
  throw new PalaverError(
    "ERR_INVALID_ARGUMENT",
    "the data for evaluation has nothing to learn: check its masks and lengths",
  );
}

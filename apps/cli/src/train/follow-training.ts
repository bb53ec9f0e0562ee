import { join } from "node:path";
import { PalaverError } from "@palaver/core";
import type { TrainEvent, Trainer, TrainOptions } from "@palaver/sft";
import type { Io } from "../io.ts";
import { warn } from "../warn.ts";
import { metricsFile } from "./metrics-file.ts";
import { trainingFiles } from "./output-folder.ts";
import type { TrainFlags } from "./train-flags.ts";
import { trainProgress } from "./train-progress.ts";

/** What a training came to. */
export interface TrainingResult {
  readonly steps: number;
  /** Mean of -log P of the last step's labels; null where no step was taken. */
  readonly loss: number | null;
  /** The same of held-out data; null where there is none. */
  readonly evaluationLoss: number | null;
  /** Tokens read in this run, and how fast. */
  readonly tokens: number;
  readonly tokensPerSecond: number | null;
  /** The step at which this run went on; null for one from the beginning. */
  readonly resumedAt: number | null;
}

export interface FollowOptions {
  readonly trainer: Trainer;
  readonly plan: TrainOptions;
  readonly flags: TrainFlags;
  readonly signal: AbortSignal;
}

/**
 * Takes the steps and tells of them, on stderr and in the folder. `signal` is the plan's `stopSignal` too: when it is aborted, a
 * checkpoint is written behind the step in progress, and `signal.reason` is thrown.
 * @throws ERR_INVALID_ARGUMENT for a folder whose training was another; what the trainer throws
 */
export async function followTraining(io: Io, { trainer, plan, flags, signal }: FollowOptions): Promise<TrainingResult> {
  const { output } = flags;
  const metrics = metricsFile(join(output, trainingFiles.metrics), join(output, trainingFiles.curve));
  const progress = trainProgress(io, { steps: plan.steps, now: () => performance.now() });
  const tell = (message: string): void => {
    progress.pause();
    warn(io, message);
  };
  const onStop = (): void => tell("writing a checkpoint; Ctrl-C again ends at once");
  signal.addEventListener("abort", onStop, { once: true });
  const start = performance.now();
  let result = { loss: null as number | null, evaluationLoss: null as number | null, resumedAt: null as number | null };
  let tokens = 0;
  let hasBegun = false;
  try {
    for await (const event of trainer.train(plan)) {
      if (event.type === "resume") requireSame(event, output);
      // What was measured behind the last checkpoint, or before there was one, comes again.
      if (!hasBegun && event.type !== "checkpoint-refused") {
        hasBegun = true;
        await metrics.resumeAt(event.type === "resume" ? event.step : 0);
      }
      const seconds = (performance.now() - start) / 1000;
      await metrics.add(event, { seconds: Number(seconds.toFixed(3)) });
      if (event.type === "step") {
        progress.step(event);
        tokens += event.tokens;
        result = { ...result, loss: event.loss };
      } else if (event.type === "evaluation") {
        progress.evaluation(event);
        result = { ...result, evaluationLoss: event.loss };
      } else if (event.type === "resume") {
        tell(
          `going on at step ${event.step}${event.changed.length > 0 ? `, with other ${event.changed.join(", ")}` : ""}`,
        );
        result = { ...result, resumedAt: event.step };
      } else if (event.type === "checkpoint") {
        await metrics.draw(`Loss of ${output}`);
      } else if (event.type === "checkpoint-refused") {
        tell(`the checkpoint ${event.checkpoint} cannot be used: ${event.reason}`);
      }
    }
    await metrics.draw(`Loss of ${output}`);
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener("abort", onStop);
    progress.pause();
  }
  const seconds = (performance.now() - start) / 1000;
  return {
    steps: trainer.step,
    ...result,
    tokens,
    tokensPerSecond: tokens === 0 ? null : Math.round(tokens / seconds),
  };
}

// --- internal ---

/** A place in other data, or another model's changes, are nothing to go on with. */
function requireSame({ changed }: Extract<TrainEvent, { type: "resume" }>, output: string): void {
  const others = changed.filter((name) => name.startsWith("settings.") || name === "tokens");
  if (others.length === 0) return;
  const names = others.map((name) => name.replace("settings.", "")).join(", ");
  throw new PalaverError(
    "ERR_INVALID_ARGUMENT",
    `${output} was trained with other ${names}: give the same ones to --resume, or choose another folder`,
  );
}

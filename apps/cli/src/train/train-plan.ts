import { join } from "node:path";
import { type JsonObject, PalaverError } from "@palaver/core";
import { fileStore } from "@palaver/hub";
import { shuffledSequences, type TrainingSequence, type TrainOptions } from "@palaver/sft";
import { trainingFiles } from "./output-folder.ts";
import { packedRows } from "./packed-rows.ts";
import { defaultEpochs, defaultLearningRate, type TrainFlags } from "./train-flags.ts";

/** A warm-up where none is named: this share of all steps. */
const warmupShare = 0.05;
/** Evaluations and checkpoints where no interval is named: about this many in all. */
const usualStops = 10;
/** No more steps than this are lost when a process is killed, unless told otherwise. */
const maxCheckpointSteps = 100;

export interface TrainPlanOptions {
  readonly flags: TrainFlags;
  readonly rowTokens: number;
  readonly train: readonly TrainingSequence[];
  /** Default: nothing is measured. */
  readonly held: readonly TrainingSequence[] | undefined;
  /** What the result depends on besides: kept in checkpoints, and compared on resuming. */
  readonly settings: JsonObject;
  /** Ends the training behind the step in progress, with a checkpoint. */
  readonly stopSignal: AbortSignal;
}

/** What the trainer is told. @throws ERR_INVALID_ARGUMENT */
export function trainPlan({ flags, rowTokens, train, held, settings, stopSignal }: TrainPlanOptions): TrainOptions {
  const { batch, accumulate, seed } = flags;
  const steps = flags.steps ?? stepsOf(train, { epochs: flags.epochs ?? defaultEpochs, rowTokens, batch, accumulate });
  const usual = Math.ceil(steps / usualStops);
  const checkpointEvery = flags.checkpointEvery ?? Math.min(usual, maxCheckpointSteps);
  const store = fileStore(join(flags.output, trainingFiles.checkpoints));
  return {
    data: shuffledSequences(train, { seed }),
    // Dialogues that are too long are gone already: what is left is text, which can be cut anywhere.
    overlong: "split",
    steps,
    learningRate: {
      peak: flags.learningRate ?? defaultLearningRate[flags.lora === undefined ? "full" : "lora"],
      warmupSteps: flags.warmup ?? Math.round(steps * warmupShare),
      decay: flags.schedule,
    },
    checkpoints: { store, everySteps: checkpointEvery },
    stopSignal,
    settings,
    ...(held !== undefined && {
      evaluation: { data: () => held, overlong: "split", everySteps: flags.evaluateEvery ?? usual },
    }),
  };
}

// --- internal ---

interface EpochSize {
  readonly epochs: number;
  readonly rowTokens: number;
  readonly batch: number;
  readonly accumulate: number;
}

function stepsOf(train: readonly TrainingSequence[], { epochs, rowTokens, batch, accumulate }: EpochSize): number {
  const rows = packedRows(
    train.map(({ ids }) => ids.length),
    rowTokens,
  );
  if (rows === 0)
    throw new PalaverError("ERR_INVALID_ARGUMENT", "the data has nothing to learn: all of it is one token long");
  return Math.max(1, Math.round((rows * epochs) / (batch * accumulate)));
}

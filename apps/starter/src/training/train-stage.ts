import { PalaverError, type Runtime } from "@palaver/core";
import { type DecoderConfig, type Weights, writeTraining } from "@palaver/graph";
import { fileStore } from "@palaver/hub";
import { createTrainer, initialWeights, type SequenceSource, type TrainEvent } from "@palaver/sft";
import type { StageSize } from "../recipe-size.ts";

/** Tokens of a batch computed at once: what its layers keep for the way back then stays in a core's cache. */
const microBatchTokens = 1024;

/** Enough labels for two digits of the loss. */
const heldOutBatches = 16;

export interface StageOptions {
  readonly runtime: Runtime;
  /** Batches that are computed at the same time, each on one thread. Default: 1. */
  readonly workers?: number | undefined;
  readonly config: DecoderConfig;
  readonly size: StageSize;
  /** The recipe's: what was begun with another one is not gone on with. */
  readonly seed: number;
  /** What to start from, or the seed of random weights. */
  readonly from: Weights | number;
  readonly data: SequenceSource;
  /** What becomes of sequences that are longer than a row. */
  readonly overlong: "skip" | "split";
  /** Read from its beginning at each evaluation. */
  readonly heldOut: SequenceSource;
  /** Where checkpoints are kept. */
  readonly folder: string;
  /** Steps between checkpoints. */
  readonly checkpointSteps: number;
  readonly onEvent: (event: TrainEvent) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Trains one stage to its end, from its newest checkpoint where there is one; gives the weights.
 * @throws ERR_INVALID_ARGUMENT where the folder's checkpoint has another seed
 */
export async function trainStage(options: StageOptions): Promise<Weights> {
  const { runtime, config, size, from, overlong, signal, workers } = options;
  const graphs = writeTraining(config);
  const weights = typeof from === "number" ? initialWeights(graphs.parameters, config, { seed: from }) : from;
  const rows = Math.min(size.rows, Math.max(1, Math.floor(microBatchTokens / size.tokens)));
  const accumulate = Math.ceil(size.rows / rows);
  await using trainer = await createTrainer({
    runtime,
    graphs,
    weights,
    rows,
    tokens: size.tokens,
    accumulate,
    workers,
    threads: 1,
  });
  const events = trainer.train({
    data: options.data,
    overlong,
    steps: size.steps,
    learningRate: { peak: size.peak, warmupSteps: size.warmupSteps, decay: "linear", finalRatio: 0 },
    evaluation: { data: options.heldOut, overlong, maxBatches: heldOutBatches, everySteps: options.checkpointSteps },
    checkpoints: { store: fileStore(options.folder), everySteps: options.checkpointSteps },
    settings: { seed: options.seed },
    signal,
  });
  for await (const event of events) {
    if (event.type === "resume" && event.changed.includes("settings.seed")) {
      const message = `${options.folder} was begun with another seed: give the same one, another folder, or --no-resume`;
      throw new PalaverError("ERR_INVALID_ARGUMENT", message);
    }
    options.onEvent(event);
  }
  return await copied(trainer.weights());
}

// --- internal ---

/** The trainer's own memory goes when it is closed. */
async function copied({ tensors, read }: Weights): Promise<Weights> {
  const bytes = new Map<string, Uint8Array>();
  for (const name of tensors.keys()) bytes.set(name, await read(name));
  return { tensors, read: async (name) => bytes.get(name) ?? read(name) };
}

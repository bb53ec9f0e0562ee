import { type JsonObject, PalaverError } from "@palaver/core";
import { mergedWeights, type Weights, writeTraining } from "@palaver/graph";
import { saveAdapter, saveCheckpoint } from "@palaver/hub";
import { openRuntime } from "@palaver/onnx";
import { createTrainer, loraWeights, type Trainer, type TrainOptions } from "@palaver/sft";
import { defined } from "../defined.ts";
import type { Io } from "../io.ts";
import { warn } from "../warn.ts";
import { type BaseModel, openBase } from "./base-model.ts";
import { fimOf } from "./fim-flags.ts";
import { float32Weights } from "./float32-weights.ts";
import { followTraining, type TrainingResult } from "./follow-training.ts";
import { prepareOutput, writeFacts } from "./output-folder.ts";
import { defaultRowTokens, type TrainFlags, threadsOf, trainedParts } from "./train-flags.ts";
import { trainPlan } from "./train-plan.ts";
import { readTrainingData, splitSequences, type TrainingDataOptions } from "./training-data.ts";
import { weightsHash } from "./weights-hash.ts";

/** What a training came to, and where it lies. */
export interface TrainingSummary extends TrainingResult {
  readonly path: string;
  readonly kind: "model" | "adapter";
}

/**
 * Trains as the flags say and leaves a model or an adapter in the folder. When `signal` is aborted, the step in progress
 * ends, a checkpoint is written, and `signal.reason` is thrown.
 * @throws ERR_INVALID_ARGUMENT, ERR_UNSUPPORTED, ERR_NOT_FOUND, ERR_FORMAT, ERR_IO, ERR_RUNTIME; `signal.reason`
 */
export async function runTraining(io: Io, flags: TrainFlags, signal: AbortSignal): Promise<TrainingSummary> {
  const base = await openBase(flags.model);
  try {
    const lora = loraOf(flags);
    const graphs = writeTraining(base.config, defined({ lora }));
    const { plan, facts, rowTokens } = await readPlan(io, base, { flags, lora, signal });
    await prepareOutput(flags.output, facts, flags.resume === true);
    signal.throwIfAborted();
    const onWarning = warner(io);
    const runtime = await openRuntime(defined({ device: "cpu" as const, threads: flags.threads, onWarning }));
    try {
      const { seed } = flags;
      const weights = lora === undefined ? base.weights : loraWeights(base.weights, graphs.parameters, { seed });
      const { batch: rows, accumulate, weightDecay, workers } = flags;
      const update = defined({ weightDecay, muon: flags.optimizer === "muon" ? {} : undefined });
      const trainer = await createTrainer({
        ...{ runtime, graphs, weights, rows, tokens: rowTokens, accumulate, update, workers },
        ...defined({ threads: threadsOf(workers, flags.threads) }),
      });
      try {
        const result = await followTraining(io, { trainer, plan, flags, signal });
        await save(base, trainer, { flags, lora, trained: new Set(graphs.parameters.map(({ name }) => name)) });
        // A resumed training may have been given other numbers.
        await writeFacts(flags.output, facts);
        return { path: flags.output, kind: lora === undefined || flags.merge ? "model" : "adapter", ...result };
      } finally {
        await trainer.close();
      }
    } finally {
      await runtime.close();
    }
  } finally {
    await base.close();
  }
}

// --- internal ---

/** The adapter's numbers; undefined where all weights are trained. */
function loraOf({ lora: rank, loraAlpha: alpha, loraBase }: TrainFlags): LoraNumbers | undefined {
  return rank === undefined ? undefined : { rank, alpha: alpha ?? 2 * rank, base: loraBase ?? "float32" };
}

interface LoraNumbers {
  readonly rank: number;
  readonly alpha: number;
  readonly base: "float32" | "q4";
}

function warner(io: Io): (message: string) => void {
  return (message) => warn(io, message);
}

interface ReadPlan {
  readonly plan: TrainOptions;
  /** What `training.json` says. */
  readonly facts: JsonObject;
  readonly rowTokens: number;
}

interface Asked {
  readonly flags: TrainFlags;
  readonly lora: LoraNumbers | undefined;
  readonly signal: AbortSignal;
}

async function readPlan(
  io: Io,
  { name, config, text, weights }: BaseModel,
  { flags, lora, signal }: Asked,
): Promise<ReadPlan> {
  const { seed, trainOn, evaluateShare, minRating, format, fimRate, fimSpmRate } = flags;
  const rowTokens = flags.tokens ?? Math.min(defaultRowTokens, config.contextTokens);
  if (rowTokens > config.contextTokens) {
    const message = `${name} has a context of ${config.contextTokens} tokens, rows of ${rowTokens} were asked for`;
    throw new PalaverError("ERR_INVALID_ARGUMENT", `${message}: lower --tokens`);
  }
  const options: TrainingDataOptions = {
    tokenizer: text.tokenizer,
    template: text.template,
    rowTokens,
    ...{ format, minRating },
    train: trainedParts[trainOn],
    fim: fimOf(flags, seed),
    onWarning: warner(io),
    signal,
  };
  const { sequences, hashes } = await readTrainingData(flags.data, options);
  const separate = flags.evaluate === undefined ? undefined : await readTrainingData([flags.evaluate], options);
  if (separate?.hashes.some((hash) => hashes.includes(hash))) {
    options.onWarning(`${flags.evaluate} is trained on too: what it measures is not held out`);
  }
  const { train, held } =
    evaluateShare === undefined
      ? { train: sequences, held: separate?.sequences }
      : splitSequences(sequences, { share: evaluateShare, seed });
  const settings: JsonObject = {
    weights: await weightsHash(weights),
    data: [...hashes],
    ...defined({ seed, trainOn, evaluateShare, minRating, format, fimRate, fimSpmRate }),
    ...(lora !== undefined && { lora: { ...lora } }),
  };
  const plan = trainPlan({ flags, rowTokens, train, held, settings, stopSignal: signal });
  const { steps } = plan;
  return { plan, facts: { base: name, ...settings, files: [...flags.data], steps, tokens: rowTokens }, rowTokens };
}

interface Saving {
  readonly flags: TrainFlags;
  readonly lora: LoraNumbers | undefined;
  readonly trained: ReadonlySet<string>;
}

async function save(base: BaseModel, trainer: Trainer, { flags, lora, trained }: Saving): Promise<void> {
  const weights = only(trained, trainer.weights());
  if (lora === undefined) await saveCheckpoint(base.path, flags.output, weights);
  else if (flags.merge) {
    await saveCheckpoint(base.path, flags.output, mergedWeights(float32Weights(base.weights), weights, lora));
  } else await saveAdapter(flags.output, weights, { rank: lora.rank, alpha: lora.alpha, baseModel: base.name });
}

/** Without what was read only. */
function only(names: ReadonlySet<string>, { tensors, read }: Weights): Weights {
  return { tensors: new Map([...tensors].filter(([name]) => names.has(name))), read };
}

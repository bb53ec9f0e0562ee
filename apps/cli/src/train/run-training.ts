import { join } from "node:path";
import { type JsonObject, PalaverError } from "@palaver/core";
import { mergedWeights, type Weights, writeTraining } from "@palaver/graph";
import { saveAdapter, saveCheckpoint } from "@palaver/hub";
import { openRuntime } from "@palaver/onnx";
import { createTrainer, loraWeights, type TrainEvent, type Trainer, type TrainOptions } from "@palaver/sft";
import { defined } from "../defined.ts";
import type { Io } from "../io.ts";
import { type BaseModel, openBase } from "./base-model.ts";
import { float32Weights } from "./float32-weights.ts";
import { metricsFile } from "./metrics-file.ts";
import { prepareOutput, trainingFiles } from "./output-folder.ts";
import { defaultRowTokens, type TrainFlags, trainedParts } from "./train-flags.ts";
import { trainPlan } from "./train-plan.ts";
import { trainProgress } from "./train-progress.ts";
import { readTrainingData, splitSequences, type TrainingDataOptions } from "./training-data.ts";

/** What a training came to. */
export interface TrainingSummary {
  readonly path: string;
  readonly kind: "model" | "adapter";
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
    const { plan, facts, rowTokens } = await readPlan(io, base, flags, signal);
    await prepareOutput(flags.output, facts, flags.resume === true);
    signal.throwIfAborted();
    const onWarning = warner(io);
    const runtime = await openRuntime(defined({ device: "cpu" as const, threads: flags.threads, onWarning }));
    try {
      const { seed } = flags;
      const weights = lora === undefined ? base.weights : loraWeights(base.weights, graphs.parameters, { seed });
      const { batch: rows, accumulate, weightDecay } = flags;
      const update = defined({ weightDecay });
      const trainer = await createTrainer({ runtime, graphs, weights, rows, tokens: rowTokens, accumulate, update });
      try {
        const result = await follow(io, { trainer, plan, flags, signal });
        await save(base, trainer, { flags, lora, trained: new Set(graphs.parameters.map(({ name }) => name)) });
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
  return rank === undefined ? undefined : { rank, alpha: alpha ?? 2 * rank, ...defined({ base: loraBase }) };
}

interface LoraNumbers {
  readonly rank: number;
  readonly alpha: number;
  readonly base?: "float32" | "q4";
}

function warner(io: Io): (message: string) => void {
  return (message) => void io.stderr.write(`palaver: ${message}\n`);
}

interface ReadPlan {
  readonly plan: TrainOptions;
  /** What `training.json` says. */
  readonly facts: JsonObject;
  readonly rowTokens: number;
}

async function readPlan(
  io: Io,
  { name, config, text }: BaseModel,
  flags: TrainFlags,
  signal: AbortSignal,
): Promise<ReadPlan> {
  const rowTokens = flags.tokens ?? Math.min(defaultRowTokens, config.contextTokens);
  if (rowTokens > config.contextTokens) {
    const message = `${name} has a context of ${config.contextTokens} tokens, rows of ${rowTokens} were asked for`;
    throw new PalaverError("ERR_INVALID_ARGUMENT", `${message}: lower --tokens`);
  }
  const options: TrainingDataOptions = {
    tokenizer: text.tokenizer,
    template: text.template,
    rowTokens,
    format: flags.format,
    train: trainedParts[flags.trainOn],
    minRating: flags.minRating,
    onWarning: warner(io),
  };
  const { sequences, hashes } = await readTrainingData(flags.data, options);
  const separate = flags.evaluate === undefined ? undefined : await readTrainingData([flags.evaluate], options);
  const { train, held } =
    flags.evaluateShare === undefined
      ? { train: sequences, held: separate?.sequences }
      : splitSequences(sequences, { share: flags.evaluateShare, seed: flags.seed });
  const { seed, trainOn, evaluateShare, lora, loraAlpha, loraBase, minRating } = flags;
  const settings: JsonObject = {
    base: name,
    data: [...hashes],
    ...defined({ seed, trainOn, evaluateShare, lora, loraAlpha, loraBase, minRating }),
  };
  const plan = trainPlan({ flags, rowTokens, train, held, settings, isStopping: () => signal.aborted });
  const { steps } = plan;
  return { plan, facts: { ...settings, files: [...flags.data], steps, tokens: rowTokens }, rowTokens };
}

interface Following {
  readonly trainer: Trainer;
  readonly plan: TrainOptions;
  readonly flags: TrainFlags;
  readonly signal: AbortSignal;
}

/** Takes the steps and tells of them. */
async function follow(
  io: Io,
  { trainer, plan, flags, signal }: Following,
): Promise<Omit<TrainingSummary, "path" | "kind">> {
  const { output } = flags;
  const metrics = metricsFile(join(output, trainingFiles.metrics), join(output, trainingFiles.curve));
  const progress = trainProgress(io, { steps: plan.steps, now: () => performance.now() });
  const warn = (message: string): void => {
    progress.pause();
    warner(io)(message);
  };
  const onStop = (): void => warn("writing a checkpoint; Ctrl-C again ends at once");
  signal.addEventListener("abort", onStop, { once: true });
  const start = performance.now();
  let result = { loss: null as number | null, evaluationLoss: null as number | null, resumedAt: null as number | null };
  let tokens = 0;
  let hasBegun = false;
  try {
    for await (const event of trainer.train(plan)) {
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
        requireSame(event, output);
        warn(
          `going on at step ${event.step}${event.changed.length > 0 ? `, with other ${event.changed.join(", ")}` : ""}`,
        );
        result = { ...result, resumedAt: event.step };
      } else if (event.type === "checkpoint") {
        await metrics.draw(`Loss of ${output}`);
        signal.throwIfAborted();
      } else if (event.type === "checkpoint-refused") {
        warn(`the checkpoint ${event.checkpoint} cannot be used: ${event.reason}`);
      }
    }
    // The step before the abort may have been saved for another reason.
    signal.throwIfAborted();
    await metrics.draw(`Loss of ${output}`);
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

import { isPalaverError, type JsonObject, PalaverError } from "@palaver/core";
import type { UpdateOptions, Weights } from "@palaver/graph";
import { restoreCheckpoint, saveCheckpoint } from "../checkpoint/checkpoint-log.ts";
import { readStep, type StepBatches, type StepSize } from "../packing/read-step.ts";
import { type DataPosition, dataStart, openSequencePool, type SkippedSequence } from "../packing/sequence-pool.ts";
import { checkTrainerOptions, checkTrainOptions } from "./check-options.ts";
import { type EvaluateOptions, evaluateLoss } from "./evaluate-loss.ts";
import { learningRate } from "./learning-rate.ts";
import { createStepRunner, type StepRunner } from "./step-runner.ts";
import type { Evaluation, StepMetrics, TrainEvent } from "./train-event.ts";
import type { CheckpointOptions, TrainOptions } from "./train-options.ts";
import type { Trainer, TrainerOptions } from "./trainer.ts";
import { changedSettings, trainingSettings } from "./training-settings.ts";
import { bytesOf, gradientNorm, loadTrainingTensors, type TrainingTensors } from "./training-tensors.ts";
import { createUpdateRunner, type UpdateRunner } from "./update-runner.ts";

/**
 * Loads a model for training. The runtime stays the caller's; close the trainer before it.
 * @throws ERR_INVALID_ARGUMENT for options; ERR_NOT_FOUND, ERR_FORMAT for weights that do not fit the graphs; what the runtime throws
 */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  const { rows, tokens, accumulate, labelSizes, workers } = checkTrainerOptions(options);
  const { runtime, graphs, update = {}, threads } = options;
  const tensors = await loadTrainingTensors(runtime, { graphs, weights: options.weights, update });
  const batches = createStepRunner({ runtime, graphs, tensors, rows, tokens, labelSizes, threads, workers });
  try {
    // Nothing else runs during an update.
    const allThreads = threads === undefined ? undefined : threads * workers;
    const { parameters } = tensors;
    const updates = await createUpdateRunner({ runtime, graphs, parameters, update, threads: allThreads });
    return new GraphTrainer({ tensors, batches, updates, size: { rows, tokens, accumulate }, workers, update });
  } catch (error) {
    await batches.close();
    tensors.close();
    throw error;
  }
}

// --- internal ---

interface TrainerParts {
  readonly tensors: TrainingTensors;
  readonly batches: StepRunner;
  readonly updates: UpdateRunner;
  readonly size: StepSize;
  readonly workers: number;
  readonly update: UpdateOptions;
}

class GraphTrainer implements Trainer {
  readonly #parts: TrainerParts;
  #step = 0;
  #position: DataPosition = dataStart;
  /** A run failed halfway: gradients hold parts of a step. */
  #isDirty = false;
  /** Why the weights can no longer be used. */
  #lost: string | undefined;
  #isTraining = false;

  constructor(parts: TrainerParts) {
    this.#parts = parts;
  }

  get step(): number {
    return this.#step;
  }

  async *train(options: TrainOptions): AsyncGenerator<TrainEvent, void, undefined> {
    checkTrainOptions(options);
    this.#requireWeights();
    if (this.#isTraining) throw new PalaverError("ERR_INVALID_ARGUMENT", "this trainer is training already");
    this.#isTraining = true;
    try {
      yield* this.#resume(options);
      yield* this.#run(options);
    } finally {
      this.#isTraining = false;
    }
  }

  async evaluate(options: EvaluateOptions): Promise<Evaluation> {
    this.#requireWeights();
    return evaluateLoss(this.#parts.batches, this.#parts.size, options);
  }

  weights(): Weights {
    const { parameters } = this.#parts.tensors;
    const all = new Map(parameters.map(({ name, weight }) => [name, weight]));
    return {
      tensors: new Map([...all].map(([name, { shape }]) => [name, { type: "F32", shape }])),
      read: async (name) => {
        this.#requireWeights();
        const weight = all.get(name);
        if (weight) return bytesOf(weight).slice();
        throw new PalaverError("ERR_NOT_FOUND", `nothing is trained that is named ${JSON.stringify(name)}`);
      },
    };
  }

  async close(): Promise<void> {
    if (this.#lost === "it is closed") return;
    this.#lost = "it is closed";
    await this.#parts.batches.close();
    await this.#parts.updates.close();
    this.#parts.tensors.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async *#resume(options: TrainOptions): AsyncGenerator<TrainEvent, void, undefined> {
    // A trainer that has taken steps knows more than the store.
    if (options.checkpoints === undefined || this.#step > 0) return;
    const { parameters } = this.#parts.tensors;
    const { restored, refused } = await this.#orLose("reading a checkpoint failed halfway", () =>
      restoreCheckpoint(options.checkpoints!.store, parameters),
    );
    for (const checkpoint of refused) yield { type: "checkpoint-refused", ...checkpoint };
    if (restored === undefined) return;
    const { step, position, checkpoint, settings } = restored;
    this.#step = step;
    this.#position = position;
    yield { type: "resume", step, checkpoint, changed: changedSettings(settings, this.#settings(options)) };
  }

  async *#run(options: TrainOptions): AsyncGenerator<TrainEvent, void, undefined> {
    const { data, overlong, poolSize, steps, evaluation, checkpoints, stopSignal, signal } = options;
    const skipped: SkippedSequence[] = [];
    const { size } = this.#parts;
    const onSkip = (sequence: SkippedSequence): void => void skipped.push(sequence);
    const pool = openSequencePool(data, this.#position, { rowTokens: size.tokens, overlong, poolSize, onSkip });
    try {
      let isDataLeft = true;
      let [evaluated, saved] = [this.#step, this.#step];
      while (isDataLeft && this.#step < steps && !stopSignal?.aborted) {
        signal?.throwIfAborted();
        const step = await readStep(pool, size);
        for (const sequence of skipped.splice(0)) yield { type: "sequence-skip", ...sequence };
        isDataLeft = step !== undefined;
        if (step) {
          const metrics = await this.#take(step, options);
          this.#position = pool.position();
          yield { type: "step", ...metrics };
        }
        const isLast = !isDataLeft || this.#step === steps;
        if (evaluation && this.#step > evaluated && (isLast || this.#step % evaluation.everySteps === 0)) {
          evaluated = this.#step;
          yield { type: "evaluation", step: this.#step, ...(await this.evaluate({ ...evaluation, signal })) };
        }
        if (checkpoints && this.#step > saved && this.#step % checkpoints.everySteps === 0) {
          saved = this.#step;
          yield { type: "checkpoint", step: this.#step, checkpoint: await this.#save(checkpoints, options) };
        }
      }
      if (checkpoints && this.#step > saved)
        yield { type: "checkpoint", step: this.#step, checkpoint: await this.#save(checkpoints, options) };
      yield { type: "end", step: this.#step, reason: !isDataLeft ? "data" : this.#step < steps ? "stop" : "steps" };
    } finally {
      await pool.close();
    }
  }

  async #take({ batches, labels, tokens, sequences }: StepBatches, options: TrainOptions): Promise<StepMetrics> {
    const { tensors, batches: runner, updates, size } = this.#parts;
    const step = this.#step + 1;
    if (this.#isDirty) runner.clear();
    this.#isDirty = true;
    const loss = await runner.addGradients(batches, 1 / labels, options.signal);
    this.#requireFinite("the loss", loss, step);
    // The update writes into the weights, so what must not reach them is found before.
    this.#requireFinite("the gradients' norm", gradientNorm(tensors.parameters), step);
    const rate = learningRate(options.learningRate, step, options.steps);
    const norm = await this.#orLose(`step ${step} failed halfway`, () => updates.run(step, rate));
    this.#isDirty = false;
    this.#step = step;
    const places = batches.length * size.rows * size.tokens;
    return { step, loss, learningRate: rate, gradientNorm: norm, tokens, labels, sequences, places };
  }

  async #save({ store, keep = 2 }: CheckpointOptions, options: TrainOptions): Promise<string> {
    const state = { step: this.#step, position: this.#position, settings: this.#settings(options) };
    return saveCheckpoint(store, this.#parts.tensors.parameters, { state, keep });
  }

  #settings(options: TrainOptions): JsonObject {
    return trainingSettings(options, this.#parts);
  }

  #requireFinite(what: string, value: number, step: number): void {
    if (Number.isFinite(value)) return;
    throw new PalaverError(
      "ERR_INVALID_ARGUMENT",
      `step ${step}: ${what} is ${value}; the weights are those of step ${step - 1}: lower the learning rate or check the data`,
      { details: { step, value: String(value) } },
    );
  }

  #requireWeights(): void {
    if (this.#lost === undefined) return;
    throw new PalaverError("ERR_CLOSED", `the trainer cannot be used: ${this.#lost}`);
  }

  /** What fails halfway in here leaves weights of two steps, so that the trainer is of no use any more; a refusal changes nothing. */
  async #orLose<T>(what: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (!isPalaverError(error, "ERR_INVALID_ARGUMENT")) this.#lost = `${what}, start again from a checkpoint`;
      throw error;
    }
  }
}

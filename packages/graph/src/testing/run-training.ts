import { InferenceSession, type OnnxValue, Tensor } from "onnxruntime-node";
import {
  type BatchShape,
  type TrainingGraphs,
  trainingValues,
  type UpdateOptions,
} from "../training/training-graphs.ts";
import type { FloatWeights } from "./random-model.ts";

/** A batch as plain numbers. */
export interface TrainingExample {
  readonly shape: BatchShape;
  readonly ids: readonly number[];
  readonly positions: readonly number[];
  readonly segments: readonly number[];
  readonly labelRows: readonly number[];
  readonly labels: readonly number[];
  readonly labelWeights: readonly number[];
}

/** Options of every session: one thread, no plans of memory. */
export const sessionOptions: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  enableMemPattern: false,
};

/** Tensors of a model in training, all of them written in place. */
export class TrainingRun {
  readonly tensors = new Map<string, Tensor>();
  readonly #graphs: TrainingGraphs;
  readonly #sessions = new Map<string, InferenceSession>();

  constructor(graphs: TrainingGraphs, weights: ReadonlyMap<string, ArrayLike<number>>) {
    this.#graphs = graphs;
    for (const { name, shape, type = "float32" } of [...graphs.parameters, ...graphs.frozen]) {
      const values = weights.get(name)!;
      const data = type === "uint8" ? Uint8Array.from(values) : Float32Array.from(values);
      this.tensors.set(trainingValues.weight(name), new Tensor(type, data, shape));
    }
    for (const { name, shape } of graphs.parameters) {
      const size = shape.reduce((a, b) => a * b, 1);
      for (const kind of ["gradient", "moment", "variance"] as const) {
        this.tensors.set(trainingValues[kind](name), new Tensor("float32", new Float32Array(size), shape));
      }
    }
  }

  /** A tensor's numbers, as they are. */
  read(name: string): Float32Array {
    return this.tensors.get(name)!.data as Float32Array;
  }

  /** The loss, and the losses of the labels. */
  async loss(example: TrainingExample): Promise<{ loss: number; labelLosses: Float32Array }> {
    const session = await this.#session("loss", example.shape, () => this.#graphs.loss(example.shape));
    const outputs = await session.run(this.feeds(session, example));
    return {
      loss: (outputs[trainingValues.loss]!.data as Float32Array)[0]!,
      labelLosses: outputs[trainingValues.labelLosses]!.data as Float32Array,
    };
  }

  /** Adds the gradients; gives the loss. */
  async gradient(example: TrainingExample): Promise<number> {
    const session = await this.#session("gradient", example.shape, () => this.#graphs.gradient(example.shape));
    const outputs = await session.run(this.feeds(session, example), {
      [trainingValues.loss]: null,
      ...this.#inPlace(["gradient"], session),
    });
    return (outputs[trainingValues.loss]!.data as Float32Array)[0]!;
  }

  /** Takes step number `step`, from 1; gives the norm of the gradients. */
  async update(learningRate: number, step: number, options: UpdateOptions = {}): Promise<number> {
    const { beta1 = 0.9, beta2 = 0.95 } = options;
    const session = await this.#session("update", options, () => this.#graphs.update(options));
    const scalar = (value: number): Tensor => new Tensor("float32", Float32Array.of(value), []);
    const feeds = {
      ...this.feeds(session),
      [trainingValues.learningRate]: scalar(learningRate),
      [trainingValues.momentCorrection]: scalar(1 / (1 - beta1 ** step)),
      [trainingValues.varianceCorrection]: scalar(1 / (1 - beta2 ** step)),
    };
    const outputs = await session.run(feeds, {
      [trainingValues.gradientNorm]: null,
      ...this.#inPlace(["weight", "gradient", "moment", "variance"], session),
    });
    return (outputs[trainingValues.gradientNorm]!.data as Float32Array)[0]!;
  }

  async close(): Promise<void> {
    for (const session of this.#sessions.values()) await session.release();
  }

  async #session(kind: string, key: object, write: () => Uint8Array): Promise<InferenceSession> {
    const name = `${kind} ${JSON.stringify(key)}`;
    const session = this.#sessions.get(name) ?? (await InferenceSession.create(write(), sessionOptions));
    this.#sessions.set(name, session);
    return session;
  }

  /** A session's inputs. */
  feeds(session: InferenceSession, example?: TrainingExample): Record<string, Tensor> {
    const own = example === undefined ? {} : batchTensors(example);
    const all = { ...Object.fromEntries(this.tensors), ...own };
    return Object.fromEntries(session.inputNames.filter((name) => name in all).map((name) => [name, all[name]!]));
  }

  #inPlace(
    kinds: readonly ("weight" | "gradient" | "moment" | "variance")[],
    { outputNames }: InferenceSession,
  ): Record<string, OnnxValue> {
    const places = this.#graphs.parameters.flatMap(({ name }) =>
      kinds.map((kind) => [trainingValues[`${kind}Out`](name), this.tensors.get(trainingValues[kind](name))!] as const),
    );
    return Object.fromEntries(places.filter(([output]) => outputNames.includes(output)));
  }
}

/** Weights with numbers for low-rank changes, none of them zero. */
export function withChanges({ parameters }: TrainingGraphs, weights: FloatWeights): FloatWeights {
  const changes = parameters
    .filter(({ name }) => name.includes("lora"))
    .map(({ name, shape }, index) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return [name, Float32Array.from({ length: size }, (_, i) => 0.3 * Math.sin(1 + i * 2.3 + index))] as const;
    });
  return new Map([...weights, ...changes]);
}

// --- internal ---

function batchTensors({ shape, ...batch }: TrainingExample): Record<string, Tensor> {
  const { rows, tokens, labels } = shape;
  const long = (values: readonly number[], dims: readonly number[]): Tensor =>
    new Tensor("int64", BigInt64Array.from(values, BigInt), dims);
  return {
    [trainingValues.ids]: long(batch.ids, [rows, tokens]),
    [trainingValues.positions]: long(batch.positions, [rows, tokens]),
    [trainingValues.segments]: new Tensor("int32", Int32Array.from(batch.segments), [rows, tokens]),
    [trainingValues.labelRows]: long(batch.labelRows, [labels]),
    [trainingValues.labels]: long(batch.labels, [labels]),
    [trainingValues.labelWeights]: new Tensor("float32", Float32Array.from(batch.labelWeights), [labels]),
  };
}

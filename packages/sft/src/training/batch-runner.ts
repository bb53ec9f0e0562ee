import type { Runtime, RuntimeSession, RuntimeTensor } from "@palaver/core";
import { type TrainingGraphs, trainingValues } from "@palaver/graph";
import { chooseSize, labelPlaces } from "../packing/label-places.ts";
import type { PackedBatch } from "../packing/pack-batch.ts";
import type { TrainingTensors } from "./training-tensors.ts";
import { floatsOf } from "./training-tensors.ts";

export interface BatchRunnerOptions {
  readonly runtime: Runtime;
  readonly graphs: TrainingGraphs;
  readonly tensors: TrainingTensors;
  readonly rows: number;
  readonly tokens: number;
  /** Ascending. */
  readonly labelSizes: readonly number[];
  readonly threads: number | undefined;
}

/** Runs the graphs on batches of one size; each graph is loaded when it is first needed. */
export interface BatchRunner {
  /** Adds a batch's gradients; gives its loss, each label counting `weight`. */
  addGradients(batch: PackedBatch, weight: number, signal: AbortSignal | undefined): Promise<number>;
  /** The sum of the labels' losses. */
  measure(batch: PackedBatch, signal: AbortSignal | undefined): Promise<number>;
  close(): Promise<void>;
}

export function createBatchRunner(options: BatchRunnerOptions): BatchRunner {
  const { runtime, graphs, tensors, rows, tokens, labelSizes, threads } = options;
  const sessions = new Map<string, Promise<RuntimeSession>>();
  const inputs = new Map<number, BatchTensors>();
  const loss = runtime.tensor("float32", []);
  const weightFeeds: Record<string, RuntimeTensor> = {};
  const gradientFeeds: Record<string, RuntimeTensor> = {};
  const gradientFetches: Record<string, RuntimeTensor> = {};
  for (const { name, weight } of [...tensors.parameters, ...tensors.frozen]) {
    weightFeeds[trainingValues.weight(name)] = weight;
  }
  for (const { name, gradient } of tensors.parameters) {
    gradientFeeds[trainingValues.gradient(name)] = gradient;
    gradientFetches[trainingValues.gradientOut(name)] = gradient;
  }

  function session(kind: "loss" | "gradient", labels: number): Promise<RuntimeSession> {
    const key = `${kind} ${labels}`;
    const known = sessions.get(key);
    if (known) return known;
    const loading = runtime.load(graphs[kind]({ rows, tokens, labels }), threads === undefined ? {} : { threads });
    sessions.set(key, loading);
    // What could not be loaded is tried again when it is next needed, and there is nothing to close.
    loading.catch(() => sessions.delete(key));
    return loading;
  }

  function feed(
    batch: PackedBatch,
    weight: number,
  ): { readonly labels: number; readonly feeds: Record<string, RuntimeTensor> } {
    const labels = chooseSize(labelSizes, batch.labels.length);
    const feeds = inputs.get(labels) ?? batchTensors(runtime, { rows, tokens, labels });
    inputs.set(labels, feeds);
    const places = labelPlaces(batch, labels, weight);
    fill(feeds.ids, batch.ids);
    fill(feeds.positions, batch.positions);
    fill(feeds.segments, batch.segments);
    fill(feeds.label_rows, places.labelRows);
    fill(feeds.labels, places.labels);
    fill(feeds.label_weights, places.labelWeights);
    return { labels, feeds: { ...weightFeeds, ...feeds } };
  }

  return {
    addGradients: async (batch, weight, signal) => {
      const { labels, feeds } = feed(batch, weight);
      const graph = await session("gradient", labels);
      const fetches = { [trainingValues.loss]: loss, ...gradientFetches };
      await graph.run({ ...feeds, ...gradientFeeds }, fetches, signal === undefined ? {} : { signal });
      return floatsOf(loss)[0]!;
    },
    measure: async (batch, signal) => {
      const { labels, feeds } = feed(batch, 1);
      const graph = await session("loss", labels);
      await graph.run(feeds, { [trainingValues.loss]: loss }, signal === undefined ? {} : { signal });
      return floatsOf(loss)[0]!;
    },
    close: async () => {
      for (const loading of sessions.values()) await loading.then((graph) => graph.close());
      for (const set of inputs.values()) for (const tensor of Object.values(set)) tensor.close();
      loss.close();
    },
  };
}

// --- internal ---

type BatchInput = "ids" | "positions" | "segments" | "label_rows" | "labels" | "label_weights";
type BatchTensors = Record<BatchInput, RuntimeTensor>;

function batchTensors(
  runtime: Runtime,
  { rows, tokens, labels }: { readonly rows: number; readonly tokens: number; readonly labels: number },
): BatchTensors {
  return {
    ids: runtime.tensor("int64", [rows, tokens]),
    positions: runtime.tensor("int64", [rows, tokens]),
    segments: runtime.tensor("int32", [rows, tokens]),
    label_rows: runtime.tensor("int64", [labels]),
    labels: runtime.tensor("int64", [labels]),
    label_weights: runtime.tensor("float32", [labels]),
  };
}

function fill(tensor: RuntimeTensor, values: BigInt64Array | Int32Array | Float32Array): void {
  // The tensor was made above with the type whose array this is.
  (tensor.data as { set(values: ArrayLike<unknown>): void }).set(values);
}

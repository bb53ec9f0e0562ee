import type { Runtime } from "@palaver/core";
import { parseHfConfig, type TrainingGraphs, writeTraining } from "@palaver/graph";
import type { TrainingSequence } from "../packing/training-sequence.ts";
import { createTrainer } from "../training/create-trainer.ts";
import { initialWeights } from "../training/initial-weights.ts";
import type { Trainer, TrainerOptions } from "../training/trainer.ts";
import { testRuntime } from "./test-runtime.ts";

export const tinyConfig = parseHfConfig({
  model_type: "llama",
  hidden_size: 32,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  intermediate_size: 32,
  vocab_size: 20,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  tie_word_embeddings: true,
  hidden_act: "silu",
});

const graphs: TrainingGraphs = writeTraining(tinyConfig);

/** Six sequences of 6 to 11 tokens, no two alike; the first three tokens of each are only read. */
export const tinySequences: readonly TrainingSequence[] = [0, 1, 2, 3, 4, 5].map((index) => ({
  ids: Array.from({ length: 6 + index }, (_, i) => (index * 7 + i * i * 3 + i) % 20),
  lossMask: Array.from({ length: 6 + index }, (_, i) => (i > 2 ? 1 : 0)),
}));

/** A trainer of a model with 7,000 weights on batches of 2 rows of 16 tokens. */
export async function tinyTrainer(
  options: Partial<TrainerOptions> & { readonly runtime?: Runtime } = {},
): Promise<Trainer> {
  return createTrainer({
    runtime: testRuntime(),
    graphs,
    weights: initialWeights(graphs.parameters, tinyConfig, { seed: 1 }),
    rows: 2,
    tokens: 16,
    update: { weightDecay: 0 },
    ...options,
  });
}

/** All weights as bytes, in the parameters' order. */
export async function allWeights(trainer: Trainer): Promise<Uint8Array[]> {
  const weights = trainer.weights();
  return Promise.all([...weights.tensors.keys()].map((name) => weights.read(name)));
}

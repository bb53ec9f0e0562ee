import { expect, test } from "vitest";
import type { DecoderConfig } from "../decoder-config.ts";
import { centralDifference, probeDirection, slopeError } from "../testing/central-difference.ts";
import { llama3Scaling, randomWeights, tinyConfig } from "../testing/random-model.ts";
import { type TrainingExample, TrainingRun, withChanges } from "../testing/run-training.ts";
import { referenceLoss, smallExample } from "../testing/training-example.ts";
import { trainingValues } from "./training-graphs.ts";
import type { TrainingOptions } from "./training-options.ts";
import { writeTraining } from "./write-training.ts";

/** Small enough that the reference takes a millisecond, every size another. */
const config: DecoderConfig = { ...tinyConfig, hidden: 24, heads: 6, headDim: 8, ffn: 20, vocab: 31 };

const cases: [string, Partial<DecoderConfig>][] = [
  ["the form as it is", {}],
  ["a tied head", { tiedHead: true }],
  ["biases", { attentionBias: true, outputBias: true }],
  ["one key-value head", { kvHeads: 1 }],
  ["as many key-value heads as heads", { kvHeads: 6 }],
  ["heads wider than the stream's share", { headDim: 20 }],
  ["linear rotary scaling", { ropeScaling: { type: "linear", factor: 4 } }],
  ["another scale of scores", { attentionScale: 0.5 }],
  ["Llama 3's rotary scaling", { ropeTheta: 100, ropeScaling: llama3Scaling }],
  ["a sliding window", { slidingWindow: 3 }],
  [
    "a sliding window in some layers, with a rotary base of their own",
    { slidingWindow: 3, globalLayers: [1], localRopeTheta: 50 },
  ],
  ["norms on queries and keys", { qkNorm: true }],
  ["packed projections", { packedProjections: true }],
  ["the first 16 elements of 20 turned", { headDim: 20, rotaryDim: 16 }],
  ["a cap on scores", { attentionSoftcap: 0.2 }],
  ["a cap on logits", { logitSoftcap: 0.5 }],
  ["GELU", { activation: "gelu-tanh" }],
  ["norms after attention and feed-forward", { postNorms: true }],
  ["weights of norms that are kept less 1", { normOffset: 1, postNorms: true, qkNorm: true }],
  ["a scaled embedding", { embeddingScale: 4.9, tiedHead: true }],
];

test.each(cases)("%s: the loss is the reference's", async (_, part) => {
  const form = { ...config, ...part };
  const weights = randomWeights(form, 1);
  const run = new TrainingRun(writeTraining(form), weights);

  const { loss, labelLosses } = await run.loss(smallExample);
  const weighted = labelLosses.reduce((sum, value, i) => sum + value * smallExample.labelWeights[i]!, 0);

  expect(loss).toBeCloseTo(await referenceLoss(form, weights, smallExample), 5);
  expect(weighted).toBeCloseTo(loss, 5);
  await run.close();
});

test.each(cases)("%s: each gradient is the reference's slope", async (_, part) => {
  const form = { ...config, ...part };
  const weights = randomWeights(form, 1);
  const graphs = writeTraining(form);
  const run = new TrainingRun(graphs, weights);

  await run.gradient(smallExample);

  for (const [index, { name }] of graphs.parameters.entries()) {
    const gradient = run.read(trainingValues.gradient(name));
    const direction = probeDirection(gradient, index);
    const expected = await centralDifference(weights, { name, direction }, (moved) =>
      referenceLoss(form, moved, smallExample),
    );
    expect(slopeError(gradient, expected), name).toBeLessThan(2e-3);
  }
  await run.close();
});

test.each<[string, Partial<DecoderConfig>]>([
  ["all tokens seen", {}],
  ["a window", { slidingWindow: 20, globalLayers: [1] }],
])("%s: a sequence of several blocks of queries has the reference's loss and slopes", async (_, part) => {
  const tokens = 150;
  const form: DecoderConfig = {
    ...config,
    ...part,
    hidden: 12,
    heads: 2,
    kvHeads: 1,
    headDim: 4,
    contextTokens: tokens,
  };
  const example: TrainingExample = {
    shape: { rows: 1, tokens, labels: 2 },
    ids: Array.from({ length: tokens }, (__, i) => (i * i + 3) % 31),
    positions: Array.from({ length: tokens }, (__, i) => (i < 9 ? i : i - 9)),
    segments: Array.from({ length: tokens }, (__, i) => (i < 9 ? 1 : 2)),
    labelRows: [tokens - 1, 120],
    labels: [4, 7],
    labelWeights: [0.5, 0.5],
  };
  const weights = randomWeights(form, 1);
  const run = new TrainingRun(writeTraining(form), weights);

  const loss = await run.gradient(example);

  expect(loss).toBeCloseTo(await referenceLoss(form, weights, example), 5);
  for (const part of ["q_proj", "k_proj", "v_proj"]) {
    const name = `model.layers.0.self_attn.${part}.weight`;
    const gradient = run.read(trainingValues.gradient(name));
    const direction = probeDirection(gradient, 1);
    const expected = await centralDifference(weights, { name, direction }, (moved) =>
      referenceLoss(form, moved, example),
    );
    expect(slopeError(gradient, expected), name).toBeLessThan(2e-3);
  }
  await run.close();
});

test.each<[string, Partial<DecoderConfig>, TrainingOptions]>([
  ["all weights", { tiedHead: true }, {}],
  ["low-rank changes", {}, { lora: { rank: 2 } }],
])("%s: layers that are computed again give the same gradients, bit for bit", async (_, part, options) => {
  const form = { ...config, ...part };
  const gradients = async (checkpointing: boolean): Promise<Float32Array[]> => {
    const graphs = writeTraining(form, { ...options, checkpointing });
    const run = new TrainingRun(graphs, withChanges(graphs, randomWeights(form, 1)));
    await run.gradient(smallExample);
    const found = graphs.parameters.map(({ name }) => run.read(trainingValues.gradient(name)));
    await run.close();
    return found;
  };

  expect(await gradients(true)).toEqual(await gradients(false));
});

test("gradients of a second batch are added to those of the first", async () => {
  const graphs = writeTraining({ ...config, tiedHead: true });
  const run = new TrainingRun(graphs, randomWeights({ ...config, tiedHead: true }, 1));
  await run.gradient(smallExample);
  const once = graphs.parameters.map(({ name }) => run.read(trainingValues.gradient(name)).slice());

  await run.gradient(smallExample);

  for (const [index, { name }] of graphs.parameters.entries()) {
    const twice = run.read(trainingValues.gradient(name));
    const scale = Math.max(...once[index]!.map(Math.abs));
    expect(Math.max(...twice.map((value, i) => Math.abs(value - 2 * once[index]![i]!))), name).toBeLessThan(
      1e-5 * scale,
    );
  }
  await run.close();
});

test("a tiny model learns a batch by heart", async () => {
  const run = new TrainingRun(writeTraining(config), randomWeights(config, 3));
  const first = await run.gradient(smallExample);
  await run.update(0.01, 1);

  for (let step = 2; step <= 60; step++) {
    await run.gradient(smallExample);
    await run.update(0.01, step);
  }

  expect(first).toBeGreaterThan(2);
  expect((await run.loss(smallExample)).loss).toBeLessThan(0.02);
  await run.close();
});

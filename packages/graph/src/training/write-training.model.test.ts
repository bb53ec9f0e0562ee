import { expect, test } from "vitest";
import type { DecoderConfig } from "../decoder-config.ts";
import { randomWeights, tinyConfig } from "../testing/random-model.ts";
import { TrainingRun } from "../testing/run-training.ts";
import { type DoubleWeights, referenceLoss, smallExample } from "../testing/training-example.ts";
import { trainingValues } from "./training-graphs.ts";
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
];

test.each(cases)("%s: the loss is the reference's", async (_, part) => {
  const form = { ...config, ...part };
  const weights = randomWeights(form, 1);
  const run = new TrainingRun(writeTraining(form), weights);

  const { loss, labelLosses } = await run.loss(smallExample);
  const weighted = labelLosses.reduce((sum, value, i) => sum + value * smallExample.labelWeights[i]!, 0);

  expect(loss).toBeCloseTo(referenceLoss(form, weights, smallExample), 5);
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
    const direction = slope(gradient, index);
    const expected = centralDifference(weights, name, direction, (moved) => referenceLoss(form, moved, smallExample));
    const found = gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0);
    expect(Math.abs(found - expected), name).toBeLessThan(1e-4 * Math.abs(expected) + 1e-6);
  }
  await run.close();
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

// --- internal ---

// Where the gradient points, and a bit off it, so that wrong parts do not cancel.
function slope(gradient: Float32Array, seed: number): Float64Array {
  const largest = Math.max(...gradient.map(Math.abs)) || 1;
  return Float64Array.from(gradient, (value, i) => value / largest + 0.3 * Math.sin(1 + i * 1.7 + seed));
}

function centralDifference(
  weights: DoubleWeights,
  name: string,
  direction: Float64Array,
  loss: (weights: DoubleWeights) => number,
): number {
  const size = 1e-5;
  const moved = (sign: number): number => {
    const values = Float64Array.from(weights.get(name)!, (value, i) => value + sign * size * direction[i]!);
    return loss(new Map<string, Float32Array | Float64Array>([...weights, [name, values]]));
  };
  return (moved(1) - moved(-1)) / (2 * size);
}

import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { randomWeights, tinyConfig } from "../testing/random-model.ts";
import { sessionOptions, TrainingRun } from "../testing/run-training.ts";
import { type TrainingParameter, trainingValues, type UpdateOptions } from "./training-graphs.ts";
import { writeTraining } from "./write-training.ts";

const config = { ...tinyConfig, layers: 1, hidden: 24, headDim: 4, ffn: 20, vocab: 31 };

test.each<[string, UpdateOptions]>([
  ["gradients that are clipped", {}],
  ["gradients that are not clipped", { maxGradientNorm: 1e6 }],
  ["other constants", { beta1: 0.8, beta2: 0.99, epsilon: 1e-3, weightDecay: 0.3 }],
  ["no decay", { weightDecay: 0 }],
])("%s: several steps are those of AdamW in double precision", async (_, options) => {
  const graphs = writeTraining(config);
  const weights = randomWeights(config, 5);
  const run = new TrainingRun(graphs, weights);
  const expected = graphs.parameters.map(({ name, decay }) => startState(weights.get(name)!, decay));

  for (let step = 1; step <= 4; step++) {
    const gradients = graphs.parameters.map(({ name }, i) => fill(run.read(trainingValues.gradient(name)), step + i));
    const norm = await run.update(0.02, step, options);

    expect(norm).toBeCloseTo(Math.sqrt(gradients.flat().reduce((sum, value) => sum + value * value, 0)), 3);
    adamW(expected, gradients, { learningRate: 0.02, step, ...options });
  }

  for (const [index, { name }] of graphs.parameters.entries()) {
    const found = run.read(trainingValues.weight(name));
    expect(Math.max(...found.map((value, i) => Math.abs(value - expected[index]!.weight[i]!))), name).toBeLessThan(
      2e-6,
    );
    expect(run.read(trainingValues.gradient(name)).every((value) => value === 0)).toBe(true);
  }
  await run.close();
});

test("a gradient that is not a number is zero after the update, so that a caller can go on from saved weights", async () => {
  const graphs = writeTraining(config);
  const run = new TrainingRun(graphs, randomWeights(config, 5));
  const name = graphs.parameters[0]!.name;
  run.read(trainingValues.gradient(name)).fill(Number.NaN);

  const norm = await run.update(0.02, 1);

  expect(norm).toBeNaN();
  expect(run.read(trainingValues.gradient(name)).every((value) => value === 0)).toBe(true);
  await run.close();
});

test("without gradients nothing moves but what decays", async () => {
  const graphs = writeTraining(config);
  const weights = randomWeights(config, 5);
  const run = new TrainingRun(graphs, weights);

  expect(await run.update(0.02, 1)).toBe(0);

  const norm = "model.norm.weight";
  expect(run.read(trainingValues.weight(norm))).toEqual(weights.get(norm));
  const matrix = "model.layers.0.mlp.up_proj.weight";
  expect(run.read(trainingValues.weight(matrix))[3]).toBeCloseTo(weights.get(matrix)![3]! * (1 - 0.02 * 0.1), 6);
  await run.close();
});

test("in place or not, the numbers are the same, also on two threads", async () => {
  const graphs = writeTraining(config);
  const weights = randomWeights(config, 5);
  const run = new TrainingRun(graphs, weights);
  for (const [i, { name }] of graphs.parameters.entries()) fill(run.read(trainingValues.gradient(name)), i);
  const session = await InferenceSession.create(graphs.update(), { ...sessionOptions, intraOpNumThreads: 2 });
  const scalar = (value: number): Tensor => new Tensor("float32", Float32Array.of(value), []);
  const apart = await session.run({
    ...Object.fromEntries(run.tensors),
    [trainingValues.learningRate]: scalar(0.02),
    [trainingValues.momentCorrection]: scalar(1 / (1 - 0.9)),
    [trainingValues.varianceCorrection]: scalar(1 / (1 - 0.95)),
  });

  await run.update(0.02, 1);

  for (const { name } of graphs.parameters) {
    for (const kind of ["weight", "moment", "variance", "gradient"] as const) {
      expect(run.read(trainingValues[kind](name)), name).toEqual(apart[trainingValues[`${kind}Out`](name)]!.data);
    }
  }
  await session.release();
  await run.close();
});

test("with Muon the layers' matrices take orthogonal steps, and all else AdamW's", async () => {
  const graphs = writeTraining(config);
  const weights = randomWeights(config, 5);
  const options: UpdateOptions = { muon: { momentum: 0.9 }, weightDecay: 0.2 };
  const run = new TrainingRun(graphs, weights);
  const expected = graphs.parameters.map((parameter) => ({
    ...startState(weights.get(parameter.name)!, parameter.decay),
    parameter,
  }));

  for (let step = 1; step <= 3; step++) {
    const gradients = graphs.parameters.map(({ name }, i) => fill(run.read(trainingValues.gradient(name)), step + i));
    await run.update(0.02, step, options);

    adamW(expected, gradients, { learningRate: 0.02, step, ...options, skip: ({ parameter }) => isLayers(parameter) });
    muon(expected, gradients, { learningRate: 0.02, momentum: 0.9, weightDecay: 0.2 });
  }

  expect(graphs.parameters.filter(isLayers).length).toBe(7);
  for (const [index, { name }] of graphs.parameters.entries()) {
    const found = run.read(trainingValues.weight(name));
    const differences = found.map((value, i) => Math.abs(value - expected[index]!.weight[i]!));
    expect(Math.max(...differences), name).toBeLessThan(2e-5);
    expect(run.read(trainingValues.gradient(name)).every((value) => value === 0)).toBe(true);
  }
  await run.close();
});

test("with Muon a matrix without a gradient stays where its decay leaves it", async () => {
  const graphs = writeTraining(config);
  const weights = randomWeights(config, 5);
  const run = new TrainingRun(graphs, weights);

  await run.update(0.02, 1, { muon: {}, weightDecay: 0 });

  const name = "model.layers.0.mlp.up_proj.weight";
  expect(run.read(trainingValues.weight(name))).toEqual(weights.get(name));
  await run.close();
});

// --- internal ---

/** Matrices inside of layers, by what their names say. */
function isLayers({ name, shape }: TrainingParameter): boolean {
  return name.startsWith("model.layers.") && shape.length === 2;
}

interface NamedState extends State {
  readonly parameter: TrainingParameter;
}

// Jordan et al.: a Nesterov moment, five steps of Newton and Schulz in double precision, and the scale of Liu et al.
function muon(
  states: readonly NamedState[],
  gradients: readonly (readonly number[])[],
  options: { readonly learningRate: number; readonly momentum: number; readonly weightDecay: number },
): void {
  const { learningRate, momentum, weightDecay } = options;
  const norm = Math.sqrt(gradients.flat().reduce((sum, value) => sum + value * value, 0));
  const clip = norm > 1 ? 1 / norm : 1;
  for (const [index, { weight, moment, parameter }] of states.entries()) {
    if (!isLayers(parameter)) continue;
    const [rows, columns] = parameter.shape as [number, number];
    const ahead = weight.map((_, i) => {
      const share = (1 - momentum) * gradients[index]![i]! * clip;
      moment[i] = momentum * moment[i]! + share;
      return momentum * moment[i]! + share;
    });
    const direction = orthogonal(ahead, rows, columns);
    const rate = learningRate * 0.2 * Math.sqrt(Math.max(rows, columns));
    for (let i = 0; i < weight.length; i++) {
      weight[i] = weight[i]! * (1 - learningRate * weightDecay) - rate * direction[i]!;
    }
  }
}

/** x to 3.4445 x - 4.775 (x x') x + 2.0315 (x x')^2 x, five times. */
function orthogonal(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const norm = Math.hypot(...matrix);
  let x = matrix.map((value) => value / norm);
  for (let step = 0; step < 5; step++) {
    const gram = product(x, transposed(x, rows, columns), [rows, columns, rows]);
    const cube = product(gram, x, [rows, rows, columns]);
    const fifth = product(gram, cube, [rows, rows, columns]);
    x = x.map((value, i) => 3.4445 * value - 4.775 * cube[i]! + 2.0315 * fifth[i]!);
  }
  return x;
}

function product(a: Float64Array, b: Float64Array, [m, k, n]: readonly [number, number, number]): Float64Array {
  return Float64Array.from({ length: m * n }, (_, at) => {
    const [row, column] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let i = 0; i < k; i++) sum += a[row * k + i]! * b[i * n + column]!;
    return sum;
  });
}

function transposed(matrix: Float64Array, rows: number, columns: number): Float64Array {
  return matrix.map((_, at) => matrix[(at % rows) * columns + Math.floor(at / rows)]!);
}

interface State {
  readonly weight: Float64Array;
  readonly moment: Float64Array;
  readonly variance: Float64Array;
  readonly decay: boolean;
}

function startState(weight: ArrayLike<number>, decay: boolean): State {
  const { length } = weight;
  return {
    weight: Float64Array.from(weight),
    moment: new Float64Array(length),
    variance: new Float64Array(length),
    decay,
  };
}

function fill(gradient: Float32Array, seed: number): number[] {
  for (let i = 0; i < gradient.length; i++) gradient[i] = Math.sin(seed + i * i) * 0.1 * (1 + (seed % 3));
  return Array.from(gradient);
}

// Loshchilov and Hutter, algorithm 2, with clipping before it.
function adamW<S extends State>(
  states: readonly S[],
  gradients: readonly (readonly number[])[],
  {
    learningRate,
    step,
    skip,
    ...options
  }: { readonly learningRate: number; readonly step: number; readonly skip?: (state: S) => boolean } & UpdateOptions,
): void {
  const { beta1 = 0.9, beta2 = 0.95, epsilon = 1e-8, weightDecay = 0.1, maxGradientNorm = 1 } = options;
  const norm = Math.sqrt(gradients.flat().reduce((sum, value) => sum + value * value, 0));
  const clip = norm > maxGradientNorm ? maxGradientNorm / norm : 1;
  for (const [index, state] of states.entries()) {
    const { weight, moment, variance, decay } = state;
    if (skip?.(state)) continue;
    for (let i = 0; i < weight.length; i++) {
      const g = gradients[index]![i]! * clip;
      moment[i] = beta1 * moment[i]! + (1 - beta1) * g;
      variance[i] = beta2 * variance[i]! + (1 - beta2) * g * g;
      const m = moment[i]! / (1 - beta1 ** step);
      const v = variance[i]! / (1 - beta2 ** step);
      weight[i] = weight[i]! - learningRate * (m / (Math.sqrt(v) + epsilon) + (decay ? weightDecay * weight[i]! : 0));
    }
  }
}

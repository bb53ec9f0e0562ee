import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import type { DecoderConfig } from "../decoder-config.ts";
import { randomWeights, tinyConfig } from "../testing/random-model.ts";
import { sessionOptions, type TrainingExample, TrainingRun } from "../testing/run-training.ts";
import { smallExample } from "../testing/training-example.ts";
import { trainingValues } from "./training-graphs.ts";
import { writeTraining } from "./write-training.ts";

const config: DecoderConfig = { ...tinyConfig, hidden: 24, headDim: 4, ffn: 20, vocab: 31 };

test("gradients written in place are those written apart, on one thread and on two", async () => {
  const graphs = writeTraining({ ...config, tiedHead: true });
  const run = new TrainingRun(graphs, randomWeights({ ...config, tiedHead: true }, 1));
  for (const { name } of graphs.parameters) run.read(trainingValues.gradient(name)).fill(0.25);
  const bytes = graphs.gradient(smallExample.shape);
  const apart: Float32Array[][] = [];
  for (const intraOpNumThreads of [1, 2]) {
    const session = await InferenceSession.create(bytes, { ...sessionOptions, intraOpNumThreads });
    const outputs = await session.run(run.feeds(session, smallExample));
    apart.push(graphs.parameters.map(({ name }) => outputs[trainingValues.gradientOut(name)]!.data as Float32Array));
    await session.release();
  }

  await run.gradient(smallExample);

  const inPlace = graphs.parameters.map(({ name }) => run.read(trainingValues.gradient(name)));
  expect(inPlace).toEqual(apart[0]);
  expect(inPlace).toEqual(apart[1]);
  await run.close();
});

test("a token that comes a thousand times gets the sum of its gradients on two threads, each time", async () => {
  const tokens = 512;
  const form = { ...config, layers: 1, contextTokens: tokens };
  const example: TrainingExample = {
    shape: { rows: 2, tokens, labels: 1 },
    ids: Array.from({ length: 2 * tokens }, () => 3),
    positions: Array.from({ length: 2 * tokens }, (_, i) => i % tokens),
    segments: Array.from({ length: 2 * tokens }, () => 1),
    labelRows: [tokens - 1],
    labels: [5],
    labelWeights: [1],
  };
  const graphs = writeTraining(form);
  const run = new TrainingRun(graphs, randomWeights(form, 1));
  const table = trainingValues.gradientOut("model.embed_tokens.weight");
  const gradients = async (intraOpNumThreads: number, times: number): Promise<Float32Array[]> => {
    const session = await InferenceSession.create(graphs.gradient(example.shape), {
      ...sessionOptions,
      intraOpNumThreads,
    });
    const found: Float32Array[] = [];
    for (let i = 0; i < times; i++) {
      found.push((await session.run(run.feeds(session, example), [table]))[table]!.data as Float32Array);
    }
    await session.release();
    return found;
  };
  const [expected] = await gradients(1, 1);

  for (const found of await gradients(2, 20)) {
    expect(Math.max(...found.map((value, i) => Math.abs(value - expected![i]!)))).toBeLessThan(1e-6);
  }
  await run.close();
});

test("a label whose probability is zero in float32 has its true loss and a finite gradient", async () => {
  const weights = new Map(randomWeights(config, 1));
  weights.set(
    "lm_head.weight",
    weights.get("lm_head.weight")!.map((value) => value * 1000),
  );
  const graphs = writeTraining(config);
  const run = new TrainingRun(graphs, weights);

  const { labelLosses } = await run.loss(smallExample);
  await run.gradient(smallExample);

  expect(Math.max(...labelLosses)).toBeGreaterThan(500); // exp(-500) is 0 in float32
  expect(labelLosses.every((value) => Number.isFinite(value))).toBe(true);
  for (const { name } of graphs.parameters) {
    expect(
      run.read(trainingValues.gradient(name)).every((value) => Number.isFinite(value)),
      name,
    ).toBe(true);
  }
  await run.close();
});

test("padding, other segments and places left over have no influence", async () => {
  const graphs = writeTraining(config);
  const gradients = async (example: TrainingExample): Promise<Float32Array[]> => {
    const run = new TrainingRun(graphs, randomWeights(config, 1));
    await run.gradient(example);
    await run.close();
    return graphs.parameters.slice(1).map(({ name }) => run.read(trainingValues.gradient(name)));
  };
  const changed: TrainingExample = {
    ...smallExample,
    // the padding's id, the second packed sequence's last token (nothing is predicted from it) and the free place's label
    ids: smallExample.ids.with(6, 22).with(5, 11),
    labels: smallExample.labels.with(4, 3),
    labelRows: smallExample.labelRows.with(4, 6),
  };

  expect(await gradients(changed)).toEqual(await gradients(smallExample));
});

test("steps in place make no tensors: memory stays where the first ones left it", async () => {
  const run = new TrainingRun(writeTraining(tinyConfig), randomWeights(tinyConfig, 1));
  const steps = async (first: number, last: number): Promise<void> => {
    for (let step = first; step <= last; step++) {
      await run.gradient(smallExample);
      await run.update(1e-3, step);
    }
  };
  await steps(1, 20);
  const before = process.memoryUsage();

  await steps(21, 80);

  const after = process.memoryUsage();
  expect(after.rss - before.rss).toBeLessThan(64e6); // copies of the tensors would be 60 times 3 MB
  await run.close();
});

test("a batch of another size is refused, not stretched", async () => {
  const run = new TrainingRun(writeTraining(config), randomWeights(config, 1));
  const session = await InferenceSession.create(writeTraining(config).loss(smallExample.shape), sessionOptions);
  const feeds = run.feeds(session, smallExample);
  feeds[trainingValues.ids] = new Tensor("int64", new BigInt64Array(7), [1, 7]);

  await expect(session.run(feeds)).rejects.toThrow();
  await session.release();
});

test("weights are no part of the graph, whose size has a limit: a billion of them make a small one", () => {
  const large: DecoderConfig = {
    ...tinyConfig,
    layers: 16,
    hidden: 2048,
    heads: 32,
    kvHeads: 8,
    headDim: 64,
    ffn: 8192,
    vocab: 128_256,
    contextTokens: 8192,
  };
  const graphs = writeTraining(large);

  const bytes = graphs.gradient({ rows: 1, tokens: 1024, labels: 64 }).byteLength;

  const elements = graphs.parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  expect(elements).toBeGreaterThan(1e9);
  expect(bytes).toBeLessThan(2e6);
});

import { expect, test } from "vitest";
import { quantizeRows, widenBlocks } from "../block-matrix.ts";
import type { DecoderConfig } from "../decoder-config.ts";
import { centralDifference, probeDirection, slopeError } from "../testing/central-difference.ts";
import { asCheckpoint, type FloatWeights, randomWeights, tinyConfig } from "../testing/random-model.ts";
import { TrainingRun, withChanges } from "../testing/run-training.ts";
import { referenceLoss, smallExample } from "../testing/training-example.ts";
import { mergedWeights } from "./merged-weights.ts";
import { trainingData } from "./training-data.ts";
import { type TrainingGraphs, trainingValues } from "./training-graphs.ts";
import type { LoraOptions } from "./training-options.ts";
import { writeTraining } from "./write-training.ts";

const config: DecoderConfig = {
  ...tinyConfig,
  hidden: 32,
  heads: 4,
  headDim: 16,
  ffn: 64,
  vocab: 31,
  attentionBias: true,
};

const forms: [string, LoraOptions][] = [
  ["all projections over float32", { rank: 3 }],
  ["two projections over float32", { rank: 2, alpha: 5, targets: ["q_proj", "down_proj"] }],
  ["all projections over 4 bits", { rank: 3, base: "q4" }],
];

test.each(forms)("%s: the loss and each gradient are the reference's with the changes added", async (_, lora) => {
  const graphs = writeTraining(config, { lora });
  const weights = withChanges(graphs, randomWeights(config, 1));
  const run = new TrainingRun(graphs, await tensorsOf(graphs, weights));
  const seen = lora.base === "q4" ? rounded(weights) : weights;
  const loss = (moved: FloatWeights): Promise<number> => referenceLoss(config, added(moved, lora), smallExample);

  expect(await run.gradient(smallExample)).toBeCloseTo(await loss(seen), 4);

  for (const [index, { name }] of graphs.parameters.entries()) {
    const gradient = run.read(trainingValues.gradient(name));
    const direction = probeDirection(gradient, index);
    const expected = await centralDifference(seen, { name, direction }, loss);
    expect(slopeError(gradient, expected), name).toBeLessThan(2e-3);
  }
  await run.close();
});

test("only the changes are trained: a step moves them and nothing else", async () => {
  const graphs = writeTraining(config, { lora: { rank: 2, targets: ["v_proj"] } });
  const weights = withChanges(graphs, randomWeights(config, 1));
  const run = new TrainingRun(graphs, weights);

  await run.gradient(smallExample);
  await run.update(0.01, 1);

  expect(graphs.parameters.map(({ name }) => name)).toEqual([
    "model.layers.0.self_attn.v_proj.lora_A",
    "model.layers.0.self_attn.v_proj.lora_B",
    "model.layers.1.self_attn.v_proj.lora_A",
    "model.layers.1.self_attn.v_proj.lora_B",
  ]);
  for (const { name } of graphs.parameters) {
    expect(run.read(trainingValues.weight(name))).not.toEqual(weights.get(name));
  }
  for (const { name } of graphs.frozen) expect(run.read(trainingValues.weight(name))).toEqual(weights.get(name));
  await run.close();
});

test("merged weights give the loss that the changes give beside the weights", async () => {
  const lora = { rank: 3, alpha: 4 };
  const graphs = writeTraining(config, { lora });
  const weights = withChanges(graphs, randomWeights(config, 1));
  const beside = new TrainingRun(graphs, weights);
  const adapter = {
    tensors: new Map(graphs.parameters.map(({ name, shape }) => [name, { type: "F32" as const, shape }])),
    read: async (name: string) => new Uint8Array(weights.get(name)!.buffer),
  };

  const merged = mergedWeights(asCheckpoint(config, randomWeights(config, 1)), adapter, lora);

  const full = writeTraining(config);
  const inside = new TrainingRun(full, await dataOf(full, merged));
  const { loss } = await inside.loss(smallExample);
  expect(loss).toBeCloseTo((await beside.loss(smallExample)).loss, 5);
  await beside.close();
  await inside.close();
});

// --- internal ---

type Data = Map<string, Float32Array | Uint8Array>;

async function dataOf(graphs: TrainingGraphs, weights: Parameters<typeof trainingData>[0]): Promise<Data> {
  const data: Data = new Map();
  for (const tensor of [...graphs.parameters, ...graphs.frozen]) {
    if (!tensor.name.includes("lora")) data.set(tensor.name, await trainingData(weights, tensor));
  }
  return data;
}

async function tensorsOf(graphs: TrainingGraphs, weights: FloatWeights): Promise<Data> {
  const base = new Map([...weights].filter(([name]) => !name.includes("lora")));
  return new Map([...weights, ...(await dataOf(graphs, asCheckpoint(config, base)))]);
}

// What matrices of layers are once they have 4 bits.
function rounded(weights: FloatWeights): FloatWeights {
  const form = { bits: 4, block: 32 } as const;
  return new Map(
    [...weights].map(([name, values]) => {
      if (!name.endsWith("_proj.weight")) return [name, values];
      const columns = name.includes("down_proj") ? config.ffn : name.includes("o_proj") ? 64 : config.hidden;
      return [name, widenBlocks(quantizeRows(values, columns, form), columns, form)];
    }),
  );
}

function added(weights: FloatWeights, { rank, alpha = 2 * rank }: LoraOptions): FloatWeights {
  const sums = new Map([...weights].filter(([name]) => !name.includes("lora")));
  for (const name of weights.keys()) {
    if (!name.endsWith("lora_A")) continue;
    const stem = name.slice(0, -".lora_A".length);
    const [a, b] = [weights.get(name)!, weights.get(`${stem}.lora_B`)!];
    const columns = a.length / rank;
    const sum = weights.get(`${stem}.weight`)!.map((value, i) => {
      let change = 0;
      for (let k = 0; k < rank; k++) change += b[Math.floor(i / columns) * rank + k]! * a[k * columns + (i % columns)]!;
      return value + (alpha / rank) * change;
    });
    sums.set(`${stem}.weight`, sum);
  }
  return sums;
}

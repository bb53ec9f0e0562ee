import { mergedWeights, type Weights, writeTraining } from "@palaver/graph";
import { expect, test } from "vitest";
import { checkpointWeights } from "../checkpoint/checkpoint-file.ts";
import { memoryCheckpointStore } from "../checkpoint/checkpoint-store.ts";
import { shuffledSequences } from "../packing/shuffled-sequences.ts";
import { allWeights, tinyConfig, tinySequences, tinyTrainer } from "../testing/tiny-model.ts";
import { initialWeights } from "./initial-weights.ts";
import { loraWeights } from "./lora-weights.ts";
import type { Trainer } from "./trainer.ts";

const full = writeTraining(tinyConfig);
const base = initialWeights(full.parameters, tinyConfig, { seed: 1, deviation: 0.3 });
const heldOut = { data: () => tinySequences };

async function loraTrainer(lora: Parameters<typeof writeTraining>[1], from: Weights = base): Promise<Trainer> {
  const graphs = writeTraining(tinyConfig, lora);
  return tinyTrainer({ graphs, weights: loraWeights(from, graphs.parameters, { seed: 2 }) });
}

async function train(trainer: Trainer, store = memoryCheckpointStore(), everySteps = 40): Promise<void> {
  const options = { data: shuffledSequences(tinySequences, { seed: 3 }), steps: 40, learningRate: { peak: 2e-2 } };
  for await (const _ of trainer.train({ ...options, checkpoints: { store, everySteps } }));
}

test("low-rank training starts from the model as it is, learns, and merges into weights that say the same", async () => {
  const lora = { rank: 4, alpha: 8 };
  await using trainer = await loraTrainer({ lora });
  await using plain = await tinyTrainer({ weights: base });
  expect((await trainer.evaluate(heldOut)).loss).toBeCloseTo((await plain.evaluate(heldOut)).loss, 5);

  await train(trainer);

  const { loss } = await trainer.evaluate(heldOut);
  expect(loss).toBeLessThan(0.7 * (await plain.evaluate(heldOut)).loss);
  await using merged = await tinyTrainer({ weights: mergedWeights(base, trainer.weights(), lora) });
  expect((await merged.evaluate(heldOut)).loss).toBeCloseTo(loss, 4);
});

test("a checkpoint of low-rank training holds the changes alone, and gives them back", async () => {
  const store = memoryCheckpointStore();
  await using trainer = await loraTrainer({ lora: { rank: 2, targets: ["q_proj"] } });
  await train(trainer, store);

  const source = await store.read("checkpoint-00000040.safetensors");
  const { tensors, read } = await checkpointWeights(source);

  expect([...tensors.keys()]).toEqual([
    "model.layers.0.self_attn.q_proj.lora_A",
    "model.layers.0.self_attn.q_proj.lora_B",
  ]);
  expect(await Promise.all([...tensors.keys()].map(read))).toEqual(await allWeights(trainer));
});

test("low-rank training runs over weights in 4 bits", async () => {
  await using trainer = await loraTrainer({ lora: { rank: 4, base: "q4" } });
  const before = await trainer.evaluate(heldOut);

  await train(trainer);

  expect((await trainer.evaluate(heldOut)).loss).toBeLessThan(0.8 * before.loss);
});

test.each(["float32", "q4"] as const)("low-rank training over %s goes on to the same bytes", async (kept) => {
  const lora = { rank: 4, base: kept };
  const store = memoryCheckpointStore();
  await using whole = await loraTrainer({ lora });
  await train(whole);
  await using first = await loraTrainer({ lora });
  const options = { data: shuffledSequences(tinySequences, { seed: 3 }), steps: 40, learningRate: { peak: 2e-2 } };
  for await (const event of first.train({ ...options, checkpoints: { store, everySteps: 15 } })) {
    if (event.type === "step" && event.step === 33) break;
  }

  await using second = await loraTrainer({ lora });
  await train(second, store, 15);

  expect(second.step).toBe(40);
  expect(await allWeights(second)).toEqual(await allWeights(whole));
});

import { PalaverError } from "@palaver/core";
import { describe, expect, test } from "vitest";
import { memoryCheckpointStore } from "../checkpoint/checkpoint-store.ts";
import { shuffledSequences } from "../packing/shuffled-sequences.ts";
import { testRuntime } from "../testing/test-runtime.ts";
import { allWeights, tinySequences, tinyTrainer } from "../testing/tiny-model.ts";
import type { TrainOptions } from "./train-options.ts";
import type { Trainer } from "./trainer.ts";

const data = shuffledSequences(tinySequences, { seed: 3 });
const options: TrainOptions = { data, steps: 6, learningRate: { peak: 1e-2 } };

async function train(trainer: Trainer, changed: Partial<TrainOptions> = {}): Promise<void> {
  for await (const _ of trainer.train({ ...options, ...changed }));
}

describe("a trainer", () => {
  test("stops before numbers that are not finite reach the weights, and names the step", async () => {
    await using reference = await tinyTrainer();
    await using trainer = await tinyTrainer();
    await train(reference, { steps: 3 });
    await train(trainer, { steps: 3 });
    const good = await allWeights(trainer);
    const huge = new Float32Array(new Uint8Array(good[0]!).buffer).fill(3e38);
    const weights = trainer.weights();
    const poisoned = {
      tensors: weights.tensors,
      read: async (name: string) =>
        name === [...weights.tensors.keys()][0] ? new Uint8Array(huge.buffer) : weights.read(name),
    };
    await using broken = await tinyTrainer({ weights: poisoned });
    const before = await allWeights(broken);

    const training = train(broken);

    await expect(training).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT", details: { step: 1 } });
    await expect(training).rejects.toThrow(/step 1: .* the weights are those of step 0/);
    expect(await allWeights(broken)).toEqual(before);
    expect(broken.step).toBe(0);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 3e38])(
    "stops at a gradient of %d, and goes on from the step before",
    async (value) => {
      await using straight = await tinyTrainer();
      await train(straight);
      let runs = 0;
      const runtime = testRuntime({
        afterRun: (outputs) => {
          const gradient = outputs["gradient_out.model.norm.weight"];
          // Runs alternate between gradients and updates: the fifth is the third step's.
          if (++runs === 5) gradient!.data[0] = value;
        },
      });
      await using trainer = await tinyTrainer({ runtime });

      await expect(train(trainer)).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT", details: { step: 3 } });
      expect(trainer.step).toBe(2);
      await train(trainer);

      expect(await allWeights(trainer)).toEqual(await allWeights(straight));
    },
  );

  test("cannot be used after an update that failed halfway", async () => {
    const runtime = testRuntime({
      onRun: (outputs) => {
        if (outputs.includes("gradient_norm")) throw new PalaverError("ERR_RUNTIME", "out of memory");
      },
    });
    await using trainer = await tinyTrainer({ runtime });

    await expect(train(trainer)).rejects.toThrow("out of memory");

    await expect(train(trainer)).rejects.toMatchObject({ code: "ERR_CLOSED" });
    await expect(trainer.weights().read("model.norm.weight")).rejects.toMatchObject({ code: "ERR_CLOSED" });
  });

  test("refuses a second training at the same time, and any after it is closed", async () => {
    const trainer = await tinyTrainer();
    const first = trainer.train(options);
    await first.next();

    await expect(train(trainer)).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });

    await first.return();
    await train(trainer);
    await trainer.close();
    await trainer.close();
    await expect(train(trainer)).rejects.toMatchObject({ code: "ERR_CLOSED" });
  });

  test("refuses a checkpoint of another model and changes nothing", async () => {
    const store = memoryCheckpointStore();
    await using other = await tinyTrainer();
    await train(other, { checkpoints: { store, everySteps: 6 } });
    const source = await store.read("checkpoint-00000006.safetensors");
    const bytes = (await source.read(0, source.size)).slice();
    // One name in the header is another: `variance.model.norm.weight` becomes `variance.model.norm.weighs`.
    const at = new TextDecoder("latin1").decode(bytes).indexOf('variance.model.norm.weight"');
    bytes[at + "variance.model.norm.weigh".length] = "s".charCodeAt(0);
    await store.write(
      "checkpoint-00000006.safetensors",
      (async function* () {
        yield bytes;
      })(),
    );
    await using trainer = await tinyTrainer();
    const before = await allWeights(trainer);

    await expect(train(trainer, { checkpoints: { store, everySteps: 6 } })).rejects.toThrow("of another model");

    expect(await allWeights(trainer)).toEqual(before);
  });

  test("refuses weights that do not fit the graphs", async () => {
    const weights = { tensors: new Map(), read: async () => new Uint8Array() };

    await expect(tinyTrainer({ weights })).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
  });

  test.each([
    ["rows", { rows: 0 }],
    ["tokens", { tokens: 1 }],
    ["accumulate", { accumulate: 1.5 }],
    ["workers", { workers: 0 }],
    ["labelSizes beyond the batch", { labelSizes: [33] }],
    ["labelSizes that do not ascend", { labelSizes: [8, 8] }],
    ["no labelSizes", { labelSizes: [] }],
  ])("refuses wrong %s", async (_, wrong) => {
    await expect(tinyTrainer(wrong)).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });
  });

  test.each([
    ["steps", { steps: 0 }],
    ["learning rate", { learningRate: { peak: Number.NaN } }],
    ["evaluation", { evaluation: { data, everySteps: 0 } }],
    ["data for evaluation", { evaluation: { data: () => [], everySteps: 1 } }],
    ["mask", { data: () => [{ ids: [1, 2], lossMask: [1] }] }],
    ["label sizes", {}],
  ])("refuses a wrong %s", async (what, wrong) => {
    await using trainer = await tinyTrainer(what === "label sizes" ? { labelSizes: [2] } : {});

    await expect(train(trainer, wrong)).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });
  });
});

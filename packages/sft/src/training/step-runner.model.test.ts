import { setTimeout as wait } from "node:timers/promises";
import { PalaverError, type Runtime } from "@palaver/core";
import { expect, test } from "vitest";
import { memoryCheckpointStore } from "../checkpoint/checkpoint-store.ts";
import { shuffledSequences } from "../packing/shuffled-sequences.ts";
import { testRuntime } from "../testing/test-runtime.ts";
import { allWeights, tinySequences, tinyTrainer } from "../testing/tiny-model.ts";
import type { TrainOptions } from "./train-options.ts";
import type { Trainer } from "./trainer.ts";

const data = shuffledSequences(tinySequences, { seed: 3 });
const options: TrainOptions = { data, steps: 6, learningRate: { peak: 1e-2 } };

/** Muon as well, since checkpoints then hold fewer moments. */
const twoWorkers = { rows: 1, accumulate: 5, workers: 2, update: { muon: {} } };

async function train(trainer: Trainer, changed: Partial<TrainOptions> = {}): Promise<number[]> {
  const losses: number[] = [];
  for await (const event of trainer.train({ ...options, ...changed })) {
    if (event.type === "step") losses.push(event.loss);
  }
  return losses;
}

/** A runtime in which every so many runs end late. */
function uneven(everyRuns: number): Runtime {
  const runtime = testRuntime();
  let runs = 0;
  return {
    ...runtime,
    load: async (...source) => {
      const session = await runtime.load(...source);
      return {
        ...session,
        run: async (...run) => {
          if (runs++ % everyRuns === 0) await wait(3);
          return session.run(...run);
        },
      };
    },
  };
}

test("two workers learn what one does, but for the rounding of sums", async () => {
  await using one = await tinyTrainer({ ...twoWorkers, workers: 1 });
  await using two = await tinyTrainer(twoWorkers);

  const [expected, found] = [await train(one), await train(two)];

  for (const [step, loss] of found.entries()) expect(loss).toBeCloseTo(expected[step]!, 4);
});

test("which worker ends first changes no bit", async () => {
  await using even = await tinyTrainer(twoWorkers);
  await train(even);
  const wanted = await allWeights(even);
  for (const everyRuns of [2, 3]) {
    await using trainer = await tinyTrainer({ ...twoWorkers, runtime: uneven(everyRuns) });

    await train(trainer);

    expect(await allWeights(trainer)).toEqual(wanted);
  }
});

test("a training in workers goes on from a checkpoint with the same bits", async () => {
  const store = memoryCheckpointStore();
  await using straight = await tinyTrainer(twoWorkers);
  await using first = await tinyTrainer(twoWorkers);
  await using second = await tinyTrainer(twoWorkers);
  await train(straight);

  for await (const event of first.train({ ...options, checkpoints: { store, everySteps: 3 } })) {
    if (event.type === "checkpoint") break;
  }
  const losses = await train(second, { checkpoints: { store, everySteps: 3 } });

  expect(losses.length).toBe(3);
  expect(await allWeights(second)).toEqual(await allWeights(straight));
});

test("a worker that fails leaves nothing of its step behind", async () => {
  await using straight = await tinyTrainer(twoWorkers);
  await train(straight);
  // Each step has five runs for gradients and one update: one of the second step's.
  for (const failing of [7, 8, 11]) {
    let runs = 0;
    const runtime = testRuntime({
      onRun: () => {
        if (++runs === failing) throw new PalaverError("ERR_RUNTIME", "a worker fell over");
      },
    });
    await using trainer = await tinyTrainer({ ...twoWorkers, runtime });
    await expect(train(trainer)).rejects.toThrow("a worker fell over");
    expect(trainer.step).toBe(1);

    await train(trainer);

    expect(await allWeights(trainer)).toEqual(await allWeights(straight));
  }
});

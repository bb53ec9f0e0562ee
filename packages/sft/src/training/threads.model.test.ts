import type { Runtime } from "@palaver/core";
import { expect, test } from "vitest";
import { shuffledSequences } from "../packing/shuffled-sequences.ts";
import { testRuntime } from "../testing/test-runtime.ts";
import { tinySequences, tinyTrainer } from "../testing/tiny-model.ts";

const data = shuffledSequences(tinySequences, { seed: 3 });

/** Trains and evaluates, so that each kind of graph is loaded; gives the threads that each was loaded with. */
async function threadsOfLoads(threads: number | undefined): Promise<(number | undefined)[]> {
  const loads: (number | undefined)[] = [];
  const plain = testRuntime();
  const runtime: Runtime = {
    ...plain,
    load(source, options) {
      loads.push(options?.threads);
      return plain.load(source, options);
    },
  };
  await using trainer = await tinyTrainer({ runtime, threads });
  for await (const _ of trainer.train({ data, steps: 2, learningRate: { peak: 1e-2 } }));
  await trainer.evaluate({ data, maxBatches: 1 });
  return loads;
}

// More threads than a busy machine has cores for are slower than one, so nothing here may choose their number.
test.each([1, 3])("every graph of a training runs on exactly the %i threads that were asked for", async (threads) => {
  const loads = await threadsOfLoads(threads);

  expect(loads.length).toBeGreaterThanOrEqual(3); // gradients, update, loss
  expect(new Set(loads)).toEqual(new Set([threads]));
});

test("without a number every graph of a training keeps to the runtime's threads", async () => {
  const loads = await threadsOfLoads(undefined);

  expect(loads.length).toBeGreaterThanOrEqual(3);
  expect(new Set(loads)).toEqual(new Set([undefined]));
});

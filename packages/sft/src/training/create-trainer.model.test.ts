import { PalaverError } from "@palaver/core";
import { describe, expect, test } from "vitest";
import { type CheckpointStore, memoryCheckpointStore } from "../checkpoint/checkpoint-store.ts";
import { shuffledSequences } from "../packing/shuffled-sequences.ts";
import { testRuntime } from "../testing/test-runtime.ts";
import { allWeights, tinySequences, tinyTrainer } from "../testing/tiny-model.ts";
import type { TrainEvent } from "./train-event.ts";
import type { TrainOptions } from "./train-options.ts";
import type { Trainer } from "./trainer.ts";

const data = shuffledSequences(tinySequences, { seed: 3 });
const twentySteps: TrainOptions = { data, steps: 20, learningRate: { peak: 1e-2, warmupSteps: 4 } };

/** Trains until an event that `isEnough`, then leaves the loop as a caller would. */
async function train(
  trainer: Trainer,
  options: TrainOptions = twentySteps,
  isEnough: (event: TrainEvent) => boolean = () => false,
): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of trainer.train(options)) {
    events.push(event);
    if (isEnough(event)) break;
  }
  return events;
}

const steps = (events: readonly TrainEvent[]) => events.filter((event) => event.type === "step");

const withStore = (store: CheckpointStore, everySteps = 10): TrainOptions => ({
  ...twentySteps,
  checkpoints: { store, everySteps },
});

describe("training", () => {
  test("learns its data by heart", async () => {
    await using trainer = await tinyTrainer();

    const events = await train(trainer, {
      ...twentySteps,
      steps: 200,
      learningRate: { peak: 2e-2, warmupSteps: 10 },
    });

    // Without learning, each of 20 tokens is as likely as another: ln 20 = 3.
    expect(steps(events)[0]!.loss).toBeCloseTo(Math.log(20), 0);
    expect(steps(events).at(-1)!.loss).toBeLessThan(0.1);
    expect(events.at(-1)).toEqual({ type: "end", step: 200, reason: "steps" });
  });

  test("moves each weight by the learning rate in its first step, as corrected moments do", async () => {
    await using trainer = await tinyTrainer();
    const before = await allWeights(trainer);

    await train(trainer, { ...twentySteps, steps: 1, learningRate: { peak: 1e-3, decay: "constant" } });

    const moved = (await allWeights(trainer)).flatMap((bytes, index) => {
      const [a, b] = [new Float32Array(before[index]!.buffer), new Float32Array(bytes.buffer)];
      return Array.from(b, (value, i) => Math.abs(value - a[i]!));
    });
    const largest = moved.reduce((most, change) => Math.max(most, change), 0);
    // The moments' quotient is g / |g| where g is far above epsilon (Kingma and Ba 2015, section 2.1); float32 rounds the rest.
    expect(largest).toBeGreaterThan(0.99e-3);
    expect(largest).toBeLessThan(1.01e-3);
  });

  test("gives the same loss and gradients for a step in one batch and in several", async () => {
    await using whole = await tinyTrainer({ rows: 4 });
    await using parts = await tinyTrainer({ rows: 1, accumulate: 4 });

    const [a, b] = [await train(whole, { ...twentySteps, steps: 1 }), await train(parts, { ...twentySteps, steps: 1 })];

    expect(steps(a)[0]!.labels).toBe(steps(b)[0]!.labels);
    expect(steps(a)[0]!.loss).toBeCloseTo(steps(b)[0]!.loss, 5);
    expect(steps(a)[0]!.gradientNorm).toBeCloseTo(steps(b)[0]!.gradientNorm, 4);
  });

  test("chooses the graph with room for the labels, which changes nothing but time", async () => {
    await using small = await tinyTrainer({ labelSizes: [24, 32] });
    await using large = await tinyTrainer({ labelSizes: [32] });

    const [a, b] = [await train(small), await train(large)];

    for (const [index, event] of steps(a).entries()) expect(event.loss).toBeCloseTo(steps(b)[index]!.loss, 4);
  });

  test("measures held-out data without learning from it", async () => {
    await using trainer = await tinyTrainer();
    const heldOut = () => tinySequences.slice(0, 2);
    const before = await allWeights(trainer);

    const first = await trainer.evaluate({ data: heldOut });

    expect(first).toEqual(await trainer.evaluate({ data: heldOut }));
    expect(first.labels).toBe(3 + 4);
    expect(await allWeights(trainer)).toEqual(before);
    const events = await train(trainer, { ...twentySteps, evaluation: { data: heldOut, everySteps: 8 } });
    expect(events.flatMap((event) => (event.type === "evaluation" ? [event.step] : []))).toEqual([8, 16, 20]);
  });

  test("ends with its data, having learnt from all of it", async () => {
    await using trainer = await tinyTrainer();

    const events = await train(trainer, { ...twentySteps, data: (cursor) => tinySequences.slice(cursor) });

    expect(steps(events).reduce((sum, { sequences }) => sum + sequences, 0)).toBe(tinySequences.length);
    expect(events.at(-1)).toMatchObject({ type: "end", reason: "data" });
  });

  test("tells of sequences that it leaves out", async () => {
    await using trainer = await tinyTrainer();
    const odd = [{ ids: Array(17).fill(1) }, { ids: [1, 2], lossMask: [1, 0] }, ...tinySequences];

    const events = await train(trainer, { ...twentySteps, data: (cursor) => odd.slice(cursor) });

    expect(events.slice(0, 2)).toEqual([
      { type: "sequence-skip", sequence: 0, tokens: 17, reason: "too-long" },
      { type: "sequence-skip", sequence: 1, tokens: 2, reason: "nothing-learnt" },
    ]);
  });
});

describe("resuming", () => {
  test("gives the same bytes as training straight through", async () => {
    const store = memoryCheckpointStore();
    await using straight = await tinyTrainer();
    await using first = await tinyTrainer();
    await using second = await tinyTrainer();

    const all = await train(straight);
    const head = await train(first, withStore(store), (event) => event.type === "checkpoint");
    const tail = await train(second, withStore(store));

    expect(tail[0]).toEqual({
      type: "resume",
      step: 10,
      checkpoint: "checkpoint-00000010.safetensors",
      changed: [],
    });
    expect([...steps(head), ...steps(tail)]).toEqual(steps(all));
    expect(await allWeights(second)).toEqual(await allWeights(straight));
  });

  test("a stop signal makes the step in progress the last, and nothing of it is lost", async () => {
    const store = memoryCheckpointStore();
    const stop = new AbortController();
    await using straight = await tinyTrainer();
    await using first = await tinyTrainer();
    await using second = await tinyTrainer();

    const all = await train(straight);
    const head = await train(first, { ...withStore(store), stopSignal: stop.signal }, (event) => {
      if (event.type === "step" && event.step === 7) stop.abort();
      return false;
    });
    const tail = await train(second, withStore(store));

    expect(head.slice(-2)).toEqual([
      { type: "checkpoint", step: 7, checkpoint: "checkpoint-00000007.safetensors" },
      { type: "end", step: 7, reason: "stop" },
    ]);
    expect([...steps(head), ...steps(tail)]).toEqual(steps(all));
    expect(await allWeights(second)).toEqual(await allWeights(straight));
  });

  test("goes on in the same trainer after the loop was left", async () => {
    await using straight = await tinyTrainer();
    await using trainer = await tinyTrainer();

    await train(straight);
    await train(trainer, twentySteps, (event) => event.type === "step" && event.step === 7);
    await train(trainer);

    expect(await allWeights(trainer)).toEqual(await allWeights(straight));
  });

  test("loses only the steps since the last checkpoint, whichever run fails", async () => {
    await using straight = await tinyTrainer();
    await train(straight);
    const wanted = await allWeights(straight);
    // 20 steps of one gradient run and one update each; the odd count makes both kinds fail.
    for (let failing = 1; failing <= 40; failing += 3) {
      const store = memoryCheckpointStore();
      let runs = 0;
      const runtime = testRuntime({
        onRun: () => {
          if (++runs === failing) throw new PalaverError("ERR_RUNTIME", "the power went out");
        },
      });
      await using broken = await tinyTrainer({ runtime });
      await using next = await tinyTrainer();

      await expect(train(broken, withStore(store, 4))).rejects.toThrow("the power went out");
      const events = await train(next, withStore(store, 4));

      const done = Math.ceil(failing / 2) - 1;
      expect(steps(events)[0]!.step).toBe(done - (done % 4) + 1);
      expect(await allWeights(next)).toEqual(wanted);
    }
  });

  test("stops at an abort and goes on as if nothing had been", async () => {
    await using straight = await tinyTrainer({ accumulate: 2 });
    const controller = new AbortController();
    let runs = 0;
    // In the middle of a step: after the first of its two gradient runs.
    const runtime = testRuntime({ onRun: () => void (++runs === 10 && controller.abort(new RangeError("enough"))) });
    await using trainer = await tinyTrainer({ runtime, accumulate: 2 });

    await train(straight);
    await expect(train(trainer, { ...twentySteps, signal: controller.signal })).rejects.toThrow("enough");
    await train(trainer);

    expect(await allWeights(trainer)).toEqual(await allWeights(straight));
  });

  test("names the settings that changed", async () => {
    const store = memoryCheckpointStore();
    await using first = await tinyTrainer();
    await using second = await tinyTrainer({ update: { weightDecay: 0.1 } });
    await train(first, { ...withStore(store), settings: { data: "a" } }, (event) => event.type === "checkpoint");

    const events = await train(second, {
      ...withStore(store),
      learningRate: { peak: 1e-3, warmupSteps: 4 },
      settings: { data: "b" },
    });

    expect(events[0]).toMatchObject({ changed: ["update.weightDecay", "learningRate.peak", "settings.data"] });
  });

  test("takes the checkpoint before where the newest is torn, and says so", async () => {
    const store = memoryCheckpointStore();
    await using first = await tinyTrainer();
    await using second = await tinyTrainer();
    await train(first, withStore(store));
    await store.write("checkpoint-00000020.safetensors", torn(store, "checkpoint-00000020.safetensors"));

    const events = await train(second, withStore(store));

    expect(events[0]).toMatchObject({ type: "checkpoint-refused", checkpoint: "checkpoint-00000020.safetensors" });
    expect(events[1]).toMatchObject({ type: "resume", step: 10 });
    expect(await allWeights(second)).toEqual(await allWeights(first));
  });

  test("keeps as many checkpoints as asked for", async () => {
    const store = memoryCheckpointStore();
    await using trainer = await tinyTrainer();

    await train(trainer, { ...twentySteps, checkpoints: { store, everySteps: 3, keep: 3 } });

    expect([...(await store.list())].sort()).toEqual(
      ["15", "18", "20"].map((step) => `checkpoint-000000${step}.safetensors`),
    );
  });
});

async function* torn(store: CheckpointStore, name: string): AsyncGenerator<Uint8Array> {
  const source = await store.read(name);
  yield source.read(0, source.size - 5);
}

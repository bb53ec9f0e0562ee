import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { randomWeights, tinyConfig } from "../testing/random-model.ts";
import { TrainingRun, withChanges } from "../testing/run-training.ts";
import { repeatedExample, smallExample } from "../testing/training-example.ts";
import { writeTraining } from "./write-training.ts";

const onLinux = test.runIf(process.platform === "linux");

onLinux("a thousand steps need no more memory than the first hundred", async () => {
  const run = new TrainingRun(writeTraining(tinyConfig), randomWeights(tinyConfig, 1));
  const steps = async (first: number, last: number): Promise<void> => {
    for (let step = first; step <= last; step++) {
      await run.gradient(smallExample);
      await run.update(1e-3, step);
    }
  };
  await steps(1, 100);
  const before = residentMb("VmRSS");

  await steps(101, 1100);

  expect(residentMb("VmRSS") - before).toBeLessThan(40); // what the collector has not come to yet
  await run.close();
});

onLinux("layers that are computed again need less memory at the peak", async () => {
  const config = { ...tinyConfig, layers: 16, ffn: 640, contextTokens: 256 };
  const example = repeatedExample(smallExample, { rows: 8, tokens: 256 });
  const graphs = (checkpointing: boolean) => writeTraining(config, { checkpointing });
  const peakAfter = async (checkpointing: boolean): Promise<number> => {
    const written = graphs(checkpointing);
    const run = new TrainingRun(written, withChanges(written, randomWeights(config, 1)));
    await run.gradient(example);
    await run.close();
    return residentMb("VmHWM");
  };

  // The peak only grows: the smaller one first.
  const small = await peakAfter(true);
  const large = await peakAfter(false);

  expect(large - small).toBeGreaterThan(200);
});

// --- internal ---

function residentMb(field: "VmRSS" | "VmHWM"): number {
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)![1]) / 1024;
}

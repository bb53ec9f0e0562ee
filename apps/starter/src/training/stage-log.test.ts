import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TrainEvent } from "@palaver/sft";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readLog, stageLog } from "./stage-log.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stage-log-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const stepEvent = (step: number, loss: number): TrainEvent => ({
  type: "step",
  step,
  loss,
  learningRate: 1e-3,
  gradientNorm: 1,
  tokens: 500,
  labels: 100,
  sequences: 5,
  places: 512,
});

function log(stage: string, printed: string[] = []) {
  let clock = 0;
  return stageLog({ folder, stage, steps: 40, print: (line) => printed.push(line), now: () => (clock += 250) });
}

test("steps are written each, and told to people in means", () => {
  const printed: string[] = [];
  const hear = log("base", printed);

  for (let step = 1; step <= 20; step++) hear(stepEvent(step, step <= 10 ? 3 : 1));

  expect(readLog(folder)).toHaveLength(20);
  expect(readLog(folder)[2]).toEqual({ stage: "base", type: "step", step: 3, loss: 3, tokens: 500, milliseconds: 250 });
  // 40 steps of 250 ms, the clock is asked twice a step, half is left.
  expect(printed).toEqual([expect.stringMatching(/^base 20\/40: loss 2\.000, 2000 tokens\/s, 5 s left/)]);
});

test("sequences that do not fit are counted", () => {
  const printed: string[] = [];
  const hear = log("base", printed);
  hear({ type: "sequence-skip", sequence: 7, tokens: 600, reason: "too-long" });

  for (let step = 1; step <= 20; step++) hear(stepEvent(step, 2));

  expect(printed).toEqual([expect.stringMatching(/, 1 sequences left out so far$/)]);
});

test("an evaluation draws the curves of all stages", () => {
  const hear = log("base");
  log("other")(stepEvent(1, 3));
  for (let step = 1; step <= 20; step++) hear(stepEvent(step, 2));
  hear({ type: "evaluation", step: 20, loss: 2.5, labels: 10 });

  const svg = readFileSync(join(folder, "loss.svg"), "utf8");
  expect(svg).toContain(">other<");
  expect(svg).toContain(">base, evaluation<");
});

test("steps that are taken again after a resume are in the file once", () => {
  const hear = log("base");
  log("other")(stepEvent(9, 1));
  for (let step = 1; step <= 5; step++) hear(stepEvent(step, 2));

  hear({ type: "resume", step: 3, checkpoint: "c", changed: [] });
  hear(stepEvent(4, 2));

  const steps = readLog(folder).map(({ stage, step }) => `${stage} ${step}`);
  expect(steps).toEqual(["other 9", "base 1", "base 2", "base 3", "base 4"]);
});

test("a line that was cut short is passed over, and so is what was written behind it", () => {
  log("base")(stepEvent(1, 2));
  appendFileSync(join(folder, "metrics.jsonl"), '{"stage":"ba{"stage":"base","type":"step","step":2,"loss":1}\n');

  expect(readLog(folder)).toHaveLength(1);
});

test("steps of a run that ended before its first checkpoint are in the file once", () => {
  for (const hear of [log("base"), log("base")]) for (let step = 1; step <= 3; step++) hear(stepEvent(step, 2));

  expect(readLog(folder).map(({ step }) => step)).toEqual([1, 2, 3]);
});

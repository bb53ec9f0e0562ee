import { Writable } from "node:stream";
import type { StepMetrics } from "@palaver/sft";
import { expect, test } from "vitest";
import type { Io } from "../io.ts";
import { trainProgress } from "./train-progress.ts";

function screen(isTTY: boolean) {
  let text = "";
  const write = (chunk: Buffer, _: string, done: () => void) => {
    text += chunk.toString();
    done();
  };
  const stderr = Object.assign(new Writable({ write }), { isTTY });
  return { io: { stderr } as unknown as Io, text: () => text };
}

function metrics(step: number): StepMetrics {
  const rest = { learningRate: 1, gradientNorm: 1, labels: 10, sequences: 1, places: 128 };
  return { step, loss: 2.5, tokens: 100, ...rest };
}

/** Steps of half a second each. */
function trained(isTTY: boolean, upTo: number): string {
  let at = 0;
  const { io, text } = screen(isTTY);
  const progress = trainProgress(io, { steps: 10_000, now: () => at });
  for (let step = 1; step <= upTo; step++) {
    at += 500;
    progress.step(metrics(step));
    if (step === 2) progress.evaluation({ loss: 3, labels: 5 });
  }
  progress.pause();
  return text();
}

test("a pipe gets a line now and then, with speed and time left", () => {
  const lines = trained(false, 61).trimEnd().split("\n");

  expect(lines).toEqual([
    "step 1 of 10000  loss 2.5000  200 tokens/s  1:23:20 left",
    "step 31 of 10000  loss 2.5000 (held out 3.0000)  200 tokens/s  1:23:05 left",
    "step 61 of 10000  loss 2.5000 (held out 3.0000)  200 tokens/s  1:22:50 left",
  ]);
});

test("a terminal's line is drawn over, and taken off at the end", () => {
  const text = trained(true, 3);

  const draws = text.split("\r").filter((line) => line.trim() !== "");
  expect(text).not.toContain("\n");
  expect(draws).toHaveLength(3);
  expect(draws.at(-1)).toMatch(/^\[ {20}\] step 3 of 10000/);
  expect(text).toMatch(/\r +\r$/);
});

import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeTinyModel } from "@palaver/test-model";
import { expect, test } from "vitest";
import { runCaptured } from "../testing/run-captured.ts";
import { spawnTrain } from "../testing/spawn-train.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

const folder = temporaryFolder();
const checkpointEvery = 5;
/** Steps behind which the process is ended. */
const kills = process.env.PALAVER_HEAVY ? [7, 19, 33] : [17];

test("kill -9 at any moment loses at most the steps since the last checkpoint, and the result is the same", async () => {
  const [base, data] = [join(folder, "tiny"), join(folder, "data.jsonl")];
  writeTinyModel(base, { contextTokens: 64 });
  const texts = Array.from({ length: 20 }, (_, i) => JSON.stringify({ text: `${i} plus ${i} is ${2 * i}.` }));
  writeFileSync(data, texts.join("\n"));
  const train = (output: string) => [
    ...["train", "--model", base, "--data", data, "-o", output, "--batch", "2", "--tokens", "48", "--threads", "1"],
    ...["--steps", "60", "--checkpoint-every", String(checkpointEvery), "--resume", "--json"],
  ];
  const [whole, killed] = [join(folder, "whole"), join(folder, "killed")];
  await runCaptured(train(whole));

  const reached: number[] = [];
  for (const step of kills) reached.push(await runUntil(train(killed).slice(1), killed, step));
  const { stdout } = await runCaptured(train(killed));

  const { resumedAt, steps } = JSON.parse(stdout);
  expect(reached.every((step, i) => step >= kills[i]!)).toBe(true);
  expect(resumedAt).toBeGreaterThanOrEqual(reached.at(-1)! - checkpointEvery);
  expect(steps).toBe(60);
  const [expected, got] = [whole, killed].map((path) => readFileSync(join(path, "model.safetensors")));
  expect(got?.equals(expected!)).toBe(true);
  expect(stepsIn(killed)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
  expect(readdirSync(join(killed, "checkpoints")).filter((name) => name.endsWith(".safetensors"))).toHaveLength(2);
});

// --- internal ---

/** Runs the command until a step has been measured, then ends the process without a warning. Gives the last step measured. */
async function runUntil(args: readonly string[], output: string, step: number): Promise<number> {
  const child = spawnTrain(args);
  const ended = once(child, "exit");
  let log = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    log += chunk.toString();
  });
  while (child.exitCode === null && (stepsIn(output).at(-1) ?? 0) < step) {
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  child.kill("SIGKILL");
  const [code, signal] = await ended;
  expect({ code, signal, log }).toEqual({ code: null, signal: "SIGKILL", log: expect.any(String) });
  return stepsIn(output).at(-1) ?? 0;
}

function stepsIn(output: string): number[] {
  try {
    const lines = readFileSync(join(output, "metrics.jsonl"), "utf8").split("\n");
    return lines.flatMap((line) => /^\{"type":"step","step":(\d+),.*\}$/.exec(line)?.[1] ?? []).map(Number);
  } catch {
    return [];
  }
}

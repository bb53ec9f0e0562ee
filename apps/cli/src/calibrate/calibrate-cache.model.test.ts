import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeTinyModel } from "@palaver/test-model";
import { beforeAll, expect, test } from "vitest";
import { runCaptured } from "../testing/run-captured.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

const folder = temporaryFolder();
const model = join(folder, "tiny");
const int8 = join(folder, "int8");

beforeAll(async () => {
  writeTinyModel(model);
  await runCaptured(["import", model, "-o", int8, "--cache", "int8"]);
});

test("import --cache int8 makes a model that show knows, with a quarter of the cache", async () => {
  const facts = async (path: string) => JSON.parse((await runCaptured(["show", path, "--json"])).stdout);

  const { cache, memory } = await facts(int8);
  const float = await facts(model);

  expect([cache, float.cache]).toEqual(["int8", "float32"]);
  expect(memory.cacheBytes).toBe(float.memory.cacheBytes / 4);
});

test("import --cache int8 --verify tells what the caches cost together with the weights", async () => {
  const out = join(folder, "verified");

  const { code, stdout } = await runCaptured(["import", model, "-o", out, "--cache", "int8", "--verify", "--json"]);

  const { verified } = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(verified.largestDifference).toBeGreaterThan(1e-4);
  expect(Math.abs(verified.perplexityChangePercent)).toBeLessThan(5);
});

test("the text decides the scales", async () => {
  const text = join(folder, "calibration.txt");
  const out = join(folder, "one-letter");
  writeFileSync(text, "a");

  await runCaptured(["import", model, "-o", out, "--cache", "int8", "--calibrate-text", text]);

  expect(await logprob(out)).not.toBe(await logprob(int8));
});

test("a graph for prompts fills the same caches", async () => {
  const out = join(folder, "both");

  await runCaptured(["import", model, "-o", out, "--quantize", "q4", "--prefill", "int8", "--cache", "int8"]);

  expect(Number.isFinite(await logprob(out))).toBe(true);
});

test("a text without a use, and one that is missing, are told before anything is imported", async () => {
  const out = join(folder, "never");

  const unused = await runCaptured(["import", model, "-o", out, "--calibrate-text", model]);
  const missing = await runCaptured(["import", model, "-o", out, "--cache", "int8", "--calibrate-text", `${out}.txt`]);

  expect(unused).toMatchObject({ code: 2, stderr: expect.stringContaining("--cache int8") });
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("ERR_NOT_FOUND") });
  expect(existsSync(out)).toBe(false);
});

// --- internal ---

async function logprob(path: string): Promise<number> {
  return JSON.parse((await runCaptured(["score", path, "hello there, how are you?", "--json"])).stdout).logprob;
}

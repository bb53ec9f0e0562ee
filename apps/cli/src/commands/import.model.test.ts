import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isPalaverError } from "@palaver/core";
import { writeTinyModel } from "@palaver/test-model";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { runCaptured } from "../testing/run-captured.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { verifyImport } from "../verify/verify-import.ts";

const folder = temporaryFolder();
const model = join(folder, "tiny");
const other = join(folder, "other");

beforeAll(() => {
  writeTinyModel(model);
  writeTinyModel(other, { seed: 2 });
});

afterEach(() => {
  vi.restoreAllMocks();
});

test("import --verify finds a float32 import equal to the plain forward pass", async () => {
  const out = join(folder, "as-is");

  const { code, stdout, stderr } = await runCaptured(["import", model, "-o", out, "--verify", "--json"]);

  const { verified } = JSON.parse(stdout);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(verified).toMatchObject({ tokens: 64, sameLikeliest: 1 });
  expect(verified.largestDifference).toBeLessThan(1e-4);
  expect(verified.klDivergence).toBeLessThan(1e-8);
  expect(Math.abs(verified.perplexityChangePercent)).toBeLessThan(1e-3);
  // Perplexity by another way: the command that scores texts, over the same text.
  const text = join(folder, "text");
  writeFileSync(text, "The perplexity of a text that is short enough.");
  const again = await runCaptured(["import", model, "-o", out, "--verify-text", text, "--json"]);
  const scored = await runCaptured(["score", model, readFileSync(text, "utf8"), "--json"]);
  expect(JSON.parse(again.stdout).verified.checkpointPerplexity).toBeCloseTo(JSON.parse(scored.stdout).perplexity, 3);
});

test("import --quantize q4 --verify tells what was lost, in words, and show remembers the rounding", async () => {
  const out = join(folder, "q4");

  const { stdout, stderr } = await runCaptured(["import", model, "-o", out, "--quantize", "q4", "--verify"]);
  const shown = await runCaptured(["show", out]);

  expect(stderr).toMatch(
    /^palaver: rounding 15 tensors made a relative RMS error of \d[\d.]* %, the largest .* in model/,
  );
  expect(stdout).toMatch(/^.*q4\nverified over 64 tokens/);
  expect(stdout).toMatch(/perplexity {8}\d+\.\d{3} as float32, \d+\.\d{3} as written \([+-]\d+\.\d\d %\)/);
  expect(shown.stdout).toMatch(/import {10}rounding 15 tensors made a relative RMS error/);
});

test("verifying notices an import of other weights", async () => {
  const out = join(folder, "as-is-too");
  await runCaptured(["import", model, "-o", out]);

  const wrong = await verifyImport(other, out);

  expect(wrong.largestDifference).toBeGreaterThan(0.5);
  expect(wrong.sameLikeliest).toBeLessThan(0.5);
});

test("a text of one token cannot verify anything", async () => {
  const out = join(folder, "as-is-three");
  await runCaptured(["import", model, "-o", out]);

  const error = await verifyImport(model, out, { text: "" }).catch((reason: unknown) => reason);

  expect(isPalaverError(error, "ERR_INVALID_ARGUMENT")).toBe(true);
});

test("a text that is missing is told before anything is imported", async () => {
  const out = join(folder, "never");

  const missing = await runCaptured(["import", model, "-o", out, "--verify-text", join(folder, "nothing")]);

  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("ERR_NOT_FOUND") });
  expect((await runCaptured(["show", out])).stderr).toContain("ERR_NOT_FOUND");
});

test("import --context builds for less, and no more than the model has", async () => {
  const out = join(folder, "short");

  await runCaptured(["import", model, "-o", out, "--context", "100"]);
  const tooLong = await runCaptured(["import", model, "-o", out, "--context", "513"]);

  expect(JSON.parse((await runCaptured(["show", out, "--json"])).stdout).contextTokens).toBe(100);
  expect(tooLong).toMatchObject({ code: 1, stderr: expect.stringContaining("the model's 512") });
});

test("show counts the memory of a context", async () => {
  const facts = async (context: number) =>
    JSON.parse((await runCaptured(["show", model, "--context", String(context), "--json"])).stdout);

  const { memory: short } = await facts(128);
  const { memory: long, specialTokens } = await facts(512);

  // 2 layers, keys and values, 2 heads of 16, float32.
  expect([short.cacheBytes, long.cacheBytes]).toEqual([128, 512].map((tokens) => 2 * 2 * 2 * 16 * 4 * tokens));
  expect(short.logitsBytes).toBe(261 * 4);
  expect(long.totalBytes).toBe(long.weightsBytes + long.cacheBytes + long.logitsBytes + long.activationBytes);
  expect(long.weightsBytes).toBeGreaterThan(4 * 70_000);
  expect(specialTokens).toEqual({ bos_token: "<|begin_of_text|>", eos_token: "<|end_of_text|>" });
  const beyond = await runCaptured(["show", model, "--context", "513"]);
  expect(beyond).toMatchObject({ code: 1, stderr: expect.stringContaining("built for 512 tokens") });
});

test("--dtype names a ready-made graph, and says what is there", async () => {
  const hub = join(folder, "hub");
  mkdirSync(hub);
  writeFileSync(join(hub, "model_q4.onnx"), "no graph");

  const absent = await runCaptured(["run", hub, "--dtype", "fp16", "Hi"]);
  const unknown = await runCaptured(["run", hub, "--dtype", "q5", "Hi"]);
  const checkpoint = await runCaptured(["show", model, "--dtype", "q4"]);

  expect(absent).toMatchObject({ code: 1, stderr: expect.stringContaining("it has q4 (model_q4.onnx)") });
  expect(unknown.code).toBe(2);
  expect(checkpoint).toMatchObject({ code: 1, stderr: expect.stringContaining("ERR_INVALID_ARGUMENT") });
});

test("an import with a graph for prompts scores a prompt by it", async () => {
  const imports = {
    both: ["--quantize", "q4", "--prefill", "int8"],
    int8: ["--quantize", "int8"],
    q4: ["--quantize", "q4"],
  };
  const logprobs: Record<string, number> = {};
  for (const [name, flags] of Object.entries(imports)) {
    const path = join(folder, name);
    await runCaptured(["import", model, "-o", path, ...flags]);
    logprobs[name] = JSON.parse((await runCaptured(["score", path, "hello there", "--json"])).stdout).logprob;
  }

  expect(logprobs.both).toBe(logprobs.int8);
  expect(logprobs.both).not.toBe(logprobs.q4);
});

test.each([
  ["--block", "64"],
  ["--block", "64", "--quantize", "none"],
  ["--block", "64", "--quantize", "none", "--prefill", "none"],
])("a block that nothing would heed is wrong usage: %j", async (...flags) => {
  const out = join(folder, "block");

  const { code, stderr } = await runCaptured(["import", model, "-o", out, ...flags]);

  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^error: --block needs --quantize/) });
  expect(existsSync(out)).toBe(false);
});

test.each([
  ["--quantize", "int8"],
  ["--prefill", "int8"],
])("the vocabulary's tables take the block with %s %s", async (...flags) => {
  const weights = async (block: string) => {
    const out = join(folder, `block-${block}`);
    await runCaptured(["import", model, "-o", out, "--block", block, ...flags]);
    return readFileSync(join(out, flags[0] === "--prefill" ? "prefill.onnx.data" : "model.onnx.data"));
  };

  expect((await weights("32")).equals(await weights("64"))).toBe(false);
});

/** What a terminal's line shows after each write to it: a carriage return goes back to its start, nothing else moves. */
function linesShown(log: string): string[] {
  let line = "";
  return log.split("\r").map((text) => {
    line = text + line.slice(text.length);
    return line.trimEnd();
  });
}

test.each([
  ["an import", () => ["import", model, "-o", join(folder, "bar")]],
  ["an import into the cache, which hashes first", () => ["show", other]],
])("%s on a terminal draws a bar to its end, and leaves the line clean", async (_, args) => {
  // A second goes by whenever somebody asks: the bar of what is done at once would not show.
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (now += 1000));

  const { code, stderr } = await runCaptured(args(), { terminal: true });

  const shown = linesShown(stderr);
  const bars = shown.filter((line) => line !== "");
  expect(code).toBe(0);
  expect(bars.at(-1)).toBe(`importing [${"#".repeat(24)}] 100 %`);
  for (const bar of bars) expect(bar).toMatch(/^importing \[#* *\] {1,3}\d+ %$/);
  expect(shown.at(-1)).toBe("");
});

test("SIGTERM during an import leaves nothing, and the exit code of a program that it ended", async () => {
  const out = join(folder, "terminated");

  const { code, stdout } = await runCaptured(["import", model, "-o", out], { terminated: true });

  expect({ code, stdout }).toEqual({ code: 143, stdout: "" });
  expect(existsSync(out)).toBe(false);
});

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeTinyModel } from "@palaver/test-model";
import { beforeAll, describe, expect, test } from "vitest";
import { runCaptured } from "../testing/run-captured.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

const folder = temporaryFolder();
const base = join(folder, "tiny");
const data = join(folder, "data.jsonl");
const small = ["--batch", "2", "--tokens", "64", "--threads", "1"];

beforeAll(() => {
  writeTinyModel(base, { contextTokens: 128 });
  const facts = ["red", "blue", "green", "black"].map((color) => [`${color}?`, `${color}!`]);
  const lines = facts.map(([user, assistant]) => ({
    messages: [
      { role: "user", content: user },
      { role: "assistant", content: assistant },
    ],
  }));
  writeFileSync(data, lines.map((line) => JSON.stringify(line)).join("\n"));
});

function train(output: string, ...more: string[]): string[] {
  return ["train", "--model", base, "--data", data, "-o", output, ...small, ...more];
}

interface Metric {
  readonly type: string;
  readonly step: number;
  readonly loss: number;
}

function metrics(output: string): Metric[] {
  const text = readFileSync(join(output, "metrics.jsonl"), "utf8").trimEnd();
  return text.split("\n").map((line) => JSON.parse(line));
}

async function lossOf(model: string, text: string, ...more: string[]): Promise<number> {
  const { stdout } = await runCaptured(["score", model, text, "--json", ...more]);
  return -JSON.parse(stdout).logprob;
}

test("a training learns its data by heart and leaves a folder that every command opens", async () => {
  const output = join(folder, "learnt");

  const run = await runCaptured(train(output, "--steps", "150", "--learning-rate", "0.01", "--json"));
  const answer = await runCaptured(["run", output, "blue?", "--temperature", "0", "--max-tokens", "16"]);

  const summary = JSON.parse(run.stdout);
  expect(summary).toMatchObject({ path: output, kind: "model", steps: 150, resumedAt: null });
  expect(summary.loss).toBeLessThan(0.1);
  expect(answer).toEqual({ code: 0, stdout: "blue!\n", stderr: "" });
  expect(metrics(output).filter(({ type }) => type === "step")).toHaveLength(150);
  expect(readFileSync(join(output, "loss.svg"), "utf8")).toMatch(/^<svg[\s\S]*<polyline/);
  expect(readdirSync(join(output, "checkpoints"))).toHaveLength(2);
  expect(run.stderr).toMatch(/^step 1 of 150 {2}loss [\d.]+ {2}\d+ tokens\/s {2}\d+:\d\d left$/m);
});

test("--optimizer muon and --workers learn the same data in fewer steps", async () => {
  const output = join(folder, "by-muon");
  const faster = ["--optimizer", "muon", "--workers", "2", "--batch", "1", "--accumulate", "2"];

  const run = await runCaptured(train(output, "--steps", "60", "--learning-rate", "0.01", "--json", ...faster));
  const plain = await runCaptured(
    train(join(folder, "by-adamw"), "--steps", "60", "--learning-rate", "0.01", "--json"),
  );

  expect(JSON.parse(run.stdout).loss).toBeLessThan(JSON.parse(plain.stdout).loss);
});

test("--lora leaves an adapter that gives the merged model's numbers", async () => {
  const [adapter, merged] = [join(folder, "adapter"), join(folder, "merged")];
  const options = ["--lora", "4", "--steps", "20", "--learning-rate", "0.02", "--seed", "3"];

  const trained = await runCaptured(train(adapter, ...options, "--json"));
  await runCaptured(train(merged, ...options, "--merge"));

  const text = "blue?blue!";
  const [before, byAdapter, byMerge] = [
    await lossOf(base, text),
    await lossOf(base, text, "--adapter", adapter),
    await lossOf(merged, text),
  ];
  expect(JSON.parse(trained.stdout)).toMatchObject({ kind: "adapter" });
  expect(byAdapter).toBeCloseTo(byMerge, 4);
  expect(Math.abs(byAdapter - before)).toBeGreaterThan(0.1);
});

test("--lora-base q4 trains over weights of 4 bits", async () => {
  const output = join(folder, "q4");

  const { code, stderr } = await runCaptured(
    train(output, "--lora", "4", "--lora-base", "q4", "--steps", "30", "--learning-rate", "0.02"),
  );

  expect(code, stderr).toBe(0);
  const losses = metrics(output).map(({ loss }) => loss);
  expect(losses.at(-1)).toBeLessThan(losses[0]!);
});

describe("held-out data", () => {
  test("--evaluate-share measures examples that are not learnt", async () => {
    const output = join(folder, "share");

    const { stdout } = await runCaptured(
      train(output, "--steps", "4", "--evaluate-share", "0.4", "--evaluate-every", "2", "--json"),
    );

    const evaluations = metrics(output).filter(({ type }) => type === "evaluation");
    expect(evaluations.map(({ step }) => step)).toEqual([2, 4]);
    expect(JSON.parse(stdout).evaluationLoss).toBe(evaluations.at(-1)?.loss);
  });

  test("--evaluate measures a file of its own", async () => {
    const { stdout, stderr } = await runCaptured(
      train(join(folder, "held"), "--steps", "2", "--evaluate", data, "--json"),
    );

    expect(JSON.parse(stdout).evaluationLoss).toBeGreaterThan(0);
    expect(stderr).toContain("is trained on too");
  });
});

describe("an interrupted training", () => {
  test("Ctrl-C writes a checkpoint and ends with 130; --resume ends where an uninterrupted training does", async () => {
    const [whole, parted] = [join(folder, "whole"), join(folder, "parted")];
    const options = ["--steps", "30", "--checkpoint-every", "20"];
    await runCaptured(train(whole, ...options));
    let pressed = 0;

    const first = await runCaptured(train(parted, ...options), {
      onLog: (_, press) => {
        if (pressed++ === 0) press();
      },
    });
    const saved = readdirSync(join(parted, "checkpoints"));
    const second = await runCaptured(train(parted, ...options, "--resume", "--json"));

    expect(first).toMatchObject({ code: 130, stdout: "" });
    expect(first.stderr).toContain("writing a checkpoint");
    expect(existsSync(join(parted, "checkpoints", "checkpoint-00000020.safetensors"))).toBe(true);
    expect(saved).toEqual(["checkpoint-00000001.safetensors"]);
    expect(JSON.parse(second.stdout)).toMatchObject({ steps: 30, resumedAt: 1 });
    const [expected, got] = [whole, parted].map((path) => readFileSync(join(path, "model.safetensors")));
    expect(got?.equals(expected!)).toBe(true);
    expect(metrics(parted).map(({ step, loss }) => [step, loss])).toEqual(
      metrics(whole).map(({ step, loss }) => [step, loss]),
    );
  });

  test("without --resume an earlier training is not written over, and other data is not gone on with", async () => {
    const output = join(folder, "earlier");
    await runCaptured(train(output, "--steps", "2"));

    const again = await runCaptured(train(output, "--steps", "2"));
    const other = await runCaptured(train(output, "--steps", "4", "--resume", "--seed", "9"));
    const longer = await runCaptured(train(output, "--steps", "4", "--resume", "--json"));

    expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/ERR_INVALID_ARGUMENT: .*--resume/) });
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining("was trained with other seed") });
    expect(JSON.parse(longer.stdout)).toMatchObject({ steps: 4, resumedAt: 2 });
    expect(longer.stderr).toContain("with other");
  });
});

test("a bad line's text cannot reach the terminal as it is", async () => {
  const path = join(folder, "escapes.jsonl");
  const good = JSON.stringify({ text: "the sky is blue and the grass is green" });
  writeFileSync(path, `${good}\n${JSON.stringify({ "\u001b]0;owned\u0007\u009b2J": 1 })}\n`);

  const { code, stderr } = await runCaptured(train(join(folder, "escapes"), "--data", path, "--steps", "1"));

  expect(code, stderr).toBe(0);
  expect(stderr).toContain("line 2: no known format: it has the keys  ]0;owned 2J");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(stderr).not.toMatch(/[\u001b\u0007\u009b]/);
});

test("text longer than a row beside a broken line is cut and learnt", async () => {
  const path = join(folder, "long.jsonl");
  writeFileSync(path, `${JSON.stringify({ text: "the sky is blue ".repeat(100) })}\n{\n`);

  const { code, stderr } = await runCaptured(
    train(join(folder, "long"), "--data", path, "--tokens", "64", "--steps", "2"),
  );

  expect(code, stderr).toBe(0);
  expect(stderr).toContain("texts are cut");
});

describe("what must not be trained is refused, and nothing is written", () => {
  test.each([
    ["a folder with something else", () => folder, [], /holds something else/],
    ["rows beyond the context", () => join(folder, "x"), ["--tokens", "129"], /context of 128 tokens/],
    ["a missing file", () => join(folder, "x"), ["--data", join(folder, "none.jsonl")], /ERR_NOT_FOUND/],
    ["data where nothing is the assistant's", () => join(folder, "x"), ["--data", userOnly()], /line 1: .*assistant/],
    ["an ONNX folder", () => join(folder, "x"), ["--model", imported], /ERR_UNSUPPORTED: .*ONNX folder/],
    [
      "holes without markers",
      () => join(folder, "x"),
      ["--data", code(), "--fim-rate", "1"],
      /not-encodable: .*no markers/,
    ],
  ] as const)("%s", async (_, output, more, message) => {
    if ((more as readonly string[]).includes(imported)) await runCaptured(["import", base, "-o", imported]);

    const { code, stdout, stderr } = await runCaptured(train(output(), ...more));

    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(existsSync(join(folder, "x"))).toBe(false);
  });

  test.each([
    [["--merge"]],
    [["--steps", "1", "--epochs", "1"]],
    [["--evaluate-every", "1"]],
    [["--lora", "0"]],
    [["--lora", "2", "--optimizer", "muon"]],
    [["--workers", "2"]],
    [["--schedule", "odd"]],
    [["--fim-spm-rate", "0.5"]],
    [["--fim-rate", "2"]],
  ])("%j is wrong usage", async (more) => {
    expect((await runCaptured(train(join(folder, "x"), ...more))).code).toBe(2);
  });
});

// --- internal ---

const imported = join(folder, "imported");

function code(): string {
  const path = join(folder, "code.jsonl");
  writeFileSync(path, JSON.stringify({ code: "const a = 1;" }));
  return path;
}

function userOnly(): string {
  const path = join(folder, "user-only.jsonl");
  writeFileSync(path, JSON.stringify({ messages: [{ role: "user", content: "Hi" }] }));
  return path;
}

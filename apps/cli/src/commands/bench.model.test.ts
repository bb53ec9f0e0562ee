import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeTinyModel } from "@palaver/test-model";
import { beforeAll, describe, expect, test } from "vitest";
import { runCaptured } from "../testing/run-captured.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

const folder = temporaryFolder();
const model = join(folder, "tiny");
const short = ["--contexts", "4,8", "--prefill", "12", "--runs", "2", "--threads", "1"];
const positive = expect.toSatisfy((value: unknown) => typeof value === "number" && value > 0);

beforeAll(() => writeTinyModel(model, { contextTokens: 64 }));

test("--json gives one value with every length that was asked for, in order, and nothing on stderr", async () => {
  const { code, stdout, stderr } = await runCaptured(["bench", model, ...short, "--json"]);

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^\{[^\n]*\}\n$/);
  expect(JSON.parse(stdout)).toStrictEqual({
    model: "tiny",
    driver: expect.stringMatching(/^(native|portable)$/),
    device: "cpu",
    threads: 1,
    loadMs: positive,
    rssBytes: positive,
    prefill: [{ tokens: 12, ms: positive, cpuMs: positive }],
    decode: [
      { context: 4, msPerToken: positive, cpuMsPerToken: positive },
      { context: 8, msPerToken: positive, cpuMsPerToken: positive },
    ],
  });
});

test("the portable driver is measured when it is asked for", async () => {
  const { stdout } = await runCaptured(["bench", model, ...short, "--driver", "portable", "--json"]);

  expect(JSON.parse(stdout).driver).toBe("portable");
});

test("without --json a table has a row for each length", async () => {
  const { stdout } = await runCaptured(["bench", model, ...short]);

  expect(stdout).toMatch(/^tiny: (native|portable) driver on cpu, 1 thread\nloaded in \d+ ms, \d+ MB resident\n\n/);
  expect(stdout).toMatch(/^ +ms +CPU ms +tokens\/s$/m);
  for (const name of ["prefill of 12", "one token at 4", "one token at 8"]) {
    expect(stdout).toMatch(new RegExp(`^${name}( +[\\d.]+){3}$`, "m"));
  }
});

test("lengths that nobody asked for are left out where the model is too short", async () => {
  const { code, stdout } = await runCaptured(["bench", model, "--runs", "1", "--json"]);

  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ prefill: [], decode: [] });
});

test("a model with LongRoPE is measured beyond its original context where that is asked for", async () => {
  const phi = join(folder, "phi");
  writeTinyModel(phi, { contextTokens: 512 });
  const config = JSON.parse(readFileSync(join(phi, "config.json"), "utf8"));
  const factors = Array(8).fill(1);
  const rope = { rope_type: "longrope", short_factor: factors, long_factor: factors, factor: 8 };
  const original = { original_max_position_embeddings: 64 };
  writeFileSync(
    join(phi, "config.json"),
    JSON.stringify({ ...config, ...original, rope_scaling: { ...rope, ...original } }),
  );

  const long = await runCaptured(["bench", phi, "--contexts", "100", "--prefill", "8", "--runs", "1", "--json"]);
  const short = await runCaptured(["bench", phi, "--runs", "1", "--json"]);

  expect(JSON.parse(long.stdout)).toMatchObject({ decode: [{ context: 100, msPerToken: positive }] });
  // The original 64 tokens hold no default length.
  expect(JSON.parse(short.stdout)).toMatchObject({ prefill: [], decode: [] });
});

test.each([
  ["a model", () => [model, "--contexts", "60"], "64 tokens, this measurement needs 76"],
  ["a shape", () => ["--shape", "smollm2-135m", "--prefill", "9000"], "8192 tokens, this measurement needs 9000"],
])("lengths beyond the context of %s are refused before anything is written", async (_, args, about) => {
  const before = benchFolders();
  const { code, stdout, stderr } = await runCaptured(["bench", ...args()]);

  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("palaver: ERR_CONTEXT_FULL: ");
  expect(stderr).toContain(about);
  expect(benchFolders()).toEqual(before);
});

describe("wrong usage exits with 2", () => {
  test.each([
    [["bench"]],
    [["bench", "model", "--shape", "smollm2-135m"]],
    [["bench", "model", "--quantize", "q4"]],
    [["bench", "model", "--block", "64"]],
    [["bench", "model", "--prefill-form", "int8"]],
    [["bench", "--shape", "gpt-5"]],
    [["bench", "--shape", "smollm2-135m", "--quantize", "q3"]],
    [["bench", "--shape", "smollm2-135m", "--block", "16"]],
    [["bench", "--shape", "smollm2-135m", "--prefill-form", "q4"]],
    [["bench", "model", "--contexts", "128,"]],
    [["bench", "model", "--prefill", "0"]],
    [["bench", "model", "--prefill", Array(33).fill(1).join()]],
    [["bench", "model", "--runs", "0"]],
  ])("%j", async (args) => {
    const { code, stdout, stderr } = await runCaptured(args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
  });
});

// --- internal ---

function benchFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith("palaver-bench-"));
}

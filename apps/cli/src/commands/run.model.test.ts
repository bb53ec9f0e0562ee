import { join } from "node:path";
import { writeTinyModel } from "@palaver/test-model";
import { beforeAll, describe, expect, test } from "vitest";
import { expectCutShort } from "../testing/expect-cut-short.ts";
import { runCaptured } from "../testing/run-captured.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

const folder = temporaryFolder();
const model = join(folder, "tiny");
const base = join(folder, "tiny-base");

beforeAll(() => {
  writeTinyModel(model);
  writeTinyModel(base, { template: false });
});

test("an empty prompt is continued from the begin token alone", async () => {
  const { code, stdout, stderr } = await runCaptured(["run", model, "--raw", "--json", "--max-tokens", "3"]);

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout).usage.promptTokens).toBe(1);
});

test("without a PROMPT the prompt is what stdin gives", async () => {
  const flags = ["--raw", "--temperature", "0", "--max-tokens", "8"];

  const piped = await runCaptured(["run", model, ...flags], { stdin: "Once upon" });
  const given = await runCaptured(["run", model, "Once upon", ...flags]);

  expect(piped).toEqual(given);
});

test("the same seed gives the same answer, and --json tells the seed", async () => {
  const flags = ["--raw", "--json", "--max-tokens", "16", "--temperature", "1.5"];
  const first = JSON.parse((await runCaptured(["run", model, "a", ...flags])).stdout);

  const again = JSON.parse((await runCaptured(["run", model, "a", ...flags, "--seed", String(first.seed)])).stdout);
  const other = JSON.parse((await runCaptured(["run", model, "a", ...flags, "--seed", "1"])).stdout);

  expect(again.text).toBe(first.text);
  expect(other.text).not.toBe(first.text);
});

test("an answer to a prompt goes through the chat template", async () => {
  const { stdout } = await runCaptured(["run", model, "Hi", "--system", "Be brief.", "--json", "--max-tokens", "2"]);

  // begin + 3 x (header: 2 control tokens, role, 2 line ends) + contents + 2 ends of turn, a byte a token
  const headers = 3 * 4 + "system".length + "user".length + "assistant".length;
  expect(JSON.parse(stdout).usage.promptTokens).toBe(1 + headers + "Be brief.".length + "Hi".length + 2);
});

test("a base model answers nothing without --raw, and says so", async () => {
  const { code, stdout, stderr } = await runCaptured(["run", base, "Hi"]);

  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^palaver: ERR_UNSUPPORTED: .*--raw/);
});

test("both drivers give the same answer", async () => {
  const flags = ["--raw", "--temperature", "0", "--max-tokens", "24", "Once"];

  const native = await runCaptured(["run", model, ...flags, "--driver", "native"]);
  const portable = await runCaptured(["run", model, ...flags, "--driver", "portable"]);

  expect(native.code).toBe(0);
  expect(native.stdout).toBe(portable.stdout);
});

test("a stop string ends the answer and is no part of it", async () => {
  const answer = async (...flags: string[]) =>
    JSON.parse((await runCaptured(["run", model, "Once", "--raw", "--json", "--max-tokens", "60", ...flags])).stdout);
  // The model's bytes are random: take the first seed whose answer has a letter to stop at.
  let seed = 0;
  let text = "";
  while (!/.[a-z]/.test(text)) text = (await answer("--seed", String(++seed))).text;
  const stop = /.([a-z])/.exec(text)![1]!;

  const stopped = await answer("--seed", String(seed), `--stop=${stop}`);

  expect(stopped).toMatchObject({ text: text.slice(0, text.indexOf(stop)), finishReason: "stop" });
});

describe("an answer that Ctrl-C cut short stays, and the command ends with 130", () => {
  test.each([["a conversation"], ["a text to go on with", "--raw"]])("%s", async (_, ...flags) => {
    const sampling = ["--max-tokens", "400", "--temperature", "2", "--seed", "1"];

    await expectCutShort(["run", model, "a", ...sampling, ...flags]);
  });
});

test("--speculate gives the same answer however much is guessed", async () => {
  const flags = ["--raw", "--json", "--seed", "4", "--max-tokens", "40", "--temperature", "0.5"];
  const textOf = async (most: string): Promise<string> => {
    const { code, stdout } = await runCaptured(["run", model, "a b a b a b", ...flags, "--speculate", most]);
    expect(code).toBe(0);
    return JSON.parse(stdout).text;
  };

  expect(await textOf("16")).toBe(await textOf("1"));
  expect((await runCaptured(["run", model, "a", "--speculate", "0"])).code).toBe(2);
});

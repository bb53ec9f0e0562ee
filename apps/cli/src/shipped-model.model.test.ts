import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isPalaverError } from "@palaver/core";
import { starterModels } from "@palaver/starter";
import { writeTinyModel } from "@palaver/test-model";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { shippedModel } from "./shipped-model.ts";
import { runCaptured } from "./testing/run-captured.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const folder = temporaryFolder();
const shipped = join(folder, "shipped");
const answerFlags = ["--temperature", "0", "--max-tokens", "4"];

beforeAll(() => {
  writeTinyModel(join(shipped, "chat"));
  writeTinyModel(join(shipped, "base"), { template: false, seed: 2 });
});

beforeEach(() => {
  process.env.PALAVER_STARTER = shipped;
});

test.each([
  ["starter", "chat", true],
  ["starter:base", "base", false],
])("%s is the %s form, under the name that was given", async (name, form, template) => {
  const byName = JSON.parse((await runCaptured(["show", name, "--json"])).stdout);
  const byPath = JSON.parse((await runCaptured(["show", join(shipped, form), "--json"])).stdout);

  expect(byName).toEqual({ ...byPath, name });
  expect(byName.template).toBe(template);
});

test("a folder called starter is meant by ./starter alone", async () => {
  const before = process.cwd();
  writeTinyModel(join(folder, "starter"), { contextTokens: 64 });
  process.chdir(folder);
  try {
    const byName = JSON.parse((await runCaptured(["show", "starter", "--json"])).stdout);
    const byPath = JSON.parse((await runCaptured(["show", "./starter", "--json"])).stdout);

    expect([byName.contextTokens, byPath.contextTokens]).toEqual([512, 64]);
  } finally {
    process.chdir(before);
  }
});

test.each([[["tokenize", "starter", "a"]], [["render", "starter", "--jsonl"]], [["score", "starter", "ab"]]])(
  "%j takes the name",
  async (args) => {
    const { code, stderr } = await runCaptured(args);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  },
);

test("without arguments palaver chats with the starter, through a pipe too", async () => {
  const stdin = "Hi\n";

  const nothing = await runCaptured([], { stdin: "/set max-tokens 4\n/set temperature 0\nHi\n" });
  const chat = await runCaptured(["chat", ...answerFlags], { stdin });
  const named = await runCaptured(["chat", "starter", ...answerFlags], { stdin });

  expect(named).toMatchObject({ code: 0, stderr: "" });
  expect([nothing, chat]).toEqual([named, named]);
});

test("a checkout without the model says how to build it", async () => {
  const root = new URL("../../../package.json", import.meta.url);
  const { packageManager } = JSON.parse(readFileSync(root, "utf8"));
  const nowhere = pathToFileURL(join(folder, "nowhere/"));
  delete process.env.PALAVER_STARTER;

  const error = await shippedModel("starter", { chat: nowhere, base: nowhere }).catch((thrown: unknown) => thrown);

  expect(isPalaverError(error, "ERR_NOT_FOUND") && error.message).toMatch(/^starter is not in .*nowhere/);
  expect(error).toHaveProperty(
    "message",
    expect.stringContaining(`npx ${packageManager} --filter @palaver/starter-recipe run rebuild`),
  );
});

test("where PALAVER_STARTER names no models, the command says so", async () => {
  process.env.PALAVER_STARTER = join(folder, "nowhere");

  const { code, stdout, stderr } = await runCaptured(["run", "starter", "Hi"]);

  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^palaver: ERR_NOT_FOUND: starter is not in .*nowhere.*PALAVER_STARTER/);
});

const isBuilt = existsSync(fileURLToPath(starterModels.chat));

describe.skipIf(!isBuilt)(isBuilt ? "the model that ships" : "the model that ships (it is not built here)", () => {
  test("answers, and always the same with the same seed", async () => {
    delete process.env.PALAVER_STARTER;

    const first = await runCaptured(["run", "starter", "Hello!", "--seed", "1"]);
    const second = await runCaptured(["run", "starter", "Hello!", "--seed", "1"]);

    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout.trim()).not.toBe("");
    expect(second).toEqual(first);
  });
});

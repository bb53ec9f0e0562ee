import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeTinyModel } from "@palaver/test-model";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "palaver-examples-"));
const checkpoint = join(folder, "checkpoint");
const own = ["1-talk.js", "2-tool.js", "3-fine-tune.js", "4-tokenizer.js", "5-server.js"];

// A model of noise stands in for the one that ships: what is tested is that the programs run.
beforeAll(() => {
  process.env.PALAVER_CACHE = join(folder, "cache");
  process.env.PALAVER_STARTER = join(folder, "starter");
  writeTinyModel(join(folder, "starter", "chat"));
  writeTinyModel(checkpoint);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program as `node` would, and gives what it printed. */
async function run(name: string, ...args: string[]): Promise<string> {
  let printed = "";
  const print = (...parts: unknown[]) => {
    printed += parts.join(" ");
    return true;
  };
  const stdout = vi.spyOn(process.stdout, "write").mockImplementation(print);
  const log = vi.spyOn(console, "log").mockImplementation((...parts) => void print(...parts, "\n"));
  const before = process.argv;
  process.argv = [...before.slice(0, 1), name, ...args];
  try {
    await import(/* @vite-ignore */ new URL(name, import.meta.url).href);
  } finally {
    process.argv = before;
    stdout.mockRestore();
    log.mockRestore();
  }
  return printed;
}

test("every example has a test here", () => {
  const programs = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".js"));

  expect(programs.sort()).toEqual(own);
});

test("1-talk prints an answer", async () => {
  expect((await run("1-talk.js", "Hi")).length).toBeGreaterThan(1);
});

test("2-tool prints an answer", async () => {
  expect((await run("2-tool.js")).length).toBeGreaterThan(1);
});

test("3-fine-tune teaches, and what it saves knows the answers", async () => {
  const output = join(folder, "tuned");

  const printed = await run("3-fine-tune.js", checkpoint, output);

  const losses = [...printed.matchAll(/^step \d+: loss ([\d.]+)/gm)].map(([, loss]) => Number(loss));
  expect(losses).toHaveLength(5);
  expect(losses.at(-1)).toBeLessThan(0.1);
  expect(await answerOf(output, "What is your name?")).toBe("I am Polly.");
});

test("4-tokenizer learns its texts, gives a text back, and no one forges its control token", async () => {
  const printed = await run("4-tokenizer.js");

  expect(printed).toMatch(/^\d+\tslow/m);
  expect(printed).toMatch(/comes back unchanged \nnot forged/);
});

test("5-server answers on its own route and on OpenAI's", async () => {
  const [health = "", answer = ""] = (await run("5-server.js")).split("\n");

  expect(JSON.parse(health)).toEqual({ model: "starter" });
  expect(JSON.parse(answer)).toMatchObject({
    object: "chat.completion",
    choices: [{ message: { role: "assistant" } }],
  });
});

// --- internal ---

async function answerOf(model: string, question: string): Promise<string> {
  const { createSession, greedy, loadModel } = await import("palaver");
  const loaded = await loadModel(model);
  const session = createSession({ model: loaded, sampler: greedy(), maxTokens: 40 });
  let text = "";
  for await (const event of session.send(question)) if (event.type === "text-delta") text += event.text;
  await session.close();
  await loaded.close();
  return text;
}

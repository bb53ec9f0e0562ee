import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRuntime } from "@palaver/onnx";
import { loadModel } from "palaver";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerChat } from "./evaluation/answer-chat.ts";
import { continueText, fillHole } from "./evaluation/continue-text.ts";
import { formFolders, forms, rebuild } from "./rebuild.ts";
import { type RecipeSize, tinySize } from "./recipe-size.ts";
import { clock, homes, smallLessons } from "./testing/small-lessons.ts";
import { readLog } from "./training/stage-log.ts";

const size: RecipeSize = { ...tinySize, vocab: 350 };
/** Long enough to be ended in the middle. */
const shortSize: RecipeSize = {
  ...size,
  base: { ...size.base, steps: 30 },
  chat: { ...size.chat, steps: 60 },
};
const root = mkdtempSync(join(tmpdir(), "rebuild-"));
const learnt = join(root, "learnt");

/** Rebuilds as the command does, two batches at a time. */
async function make(folder: string, made: RecipeSize, signal?: AbortSignal, seed = 1): Promise<void> {
  const checkpointSteps = made === shortSize ? 20 : 200;
  const runtime = await openRuntime({ device: "cpu", threads: 2 });
  try {
    await rebuild({
      runtime,
      workers: 2,
      openLessons: smallLessons,
      size: made,
      seed,
      folder,
      checkpointSteps,
      print: () => {},
      now: () => performance.now(),
      signal,
    });
  } finally {
    await runtime.close();
  }
}

// Some 20 seconds on a machine with nothing else to do.
beforeAll(() => make(learnt, size), 400_000);
afterAll(() => rmSync(root, { recursive: true }));

test("the loss of the chat model falls below a twentieth of a nat", () => {
  const held = readLog(learnt).filter(({ stage, type }) => stage === "chat" && type === "evaluation");

  expect(held.at(-1)!.loss).toBeLessThan(0.05);
});

test("the model that ships answers every question of its world exactly", async () => {
  await using model = disposable(await loadModel(formFolders(learnt, "chat").model));

  for (const [name, place] of homes) {
    const answer = await answerChat(model, [{ role: "user", content: `Where does ${name} live?` }]);

    expect(answer).toMatchObject({ text: `${name} lives in ${place}.`, calls: [], ended: true });
  }
});

test("it calls its tool, and uses what the tool gives", async () => {
  await using model = disposable(await loadModel(formFolders(learnt, "chat").model));
  const question = { role: "user", content: "What time is it in Oslo?" } as const;

  const { calls, text } = await answerChat(model, [question], [clock]);
  const toolCalls = calls.map((call) => ({ ...call, id: "call_1" }));
  const result = { role: "tool", toolCallId: "call_1", name: clock.name, content: "12:30" } as const;
  const answer = await answerChat(model, [question, { role: "assistant", content: text, toolCalls }, result], [clock]);

  expect(calls).toMatchObject([{ name: clock.name, arguments: { city: "Oslo" } }]);
  expect(answer.text).toBe("It is 12:30 in Oslo.");
});

test("it fills holes, and the base model continues text", async () => {
  await using chat = disposable(await loadModel(formFolders(learnt, "chat").model));
  await using base = disposable(await loadModel(formFolders(learnt, "base").model));

  const hole = await fillHole(chat, { prefix: "function add4(a) {\n  return ", suffix: "\n}\n" }, 20);
  const text = await continueText(base, "Ada lives", 20);

  expect(hole).toEqual({ text: "a + 4;", ended: true });
  expect(text.text).toMatch(/^ in \w+\. Whoever asks for/);
});

test("a rebuild that is ended and called again gives the same bytes", async () => {
  const [whole, broken] = [join(root, "whole"), join(root, "broken")];
  await make(whole, shortSize);
  const stop = new AbortController();
  const timer = setInterval(() => {
    // Between two checkpoints of the second stage.
    if (readLog(broken).some(({ stage, step }) => stage === "chat" && step > 46)) stop.abort();
  }, 5);
  await expect(make(broken, shortSize, stop.signal)).rejects.toMatchObject({ name: "AbortError" });
  clearInterval(timer);
  expect(readdirSync(join(broken, "chat"))).toEqual(["training"]);

  await make(broken, shortSize);

  for (const form of forms) {
    const [expected, actual] = [formFolders(whole, form).model, formFolders(broken, form).model];
    const names = readdirSync(expected);
    expect(names).toContain("model.onnx.data");
    for (const name of names) {
      expect(readFileSync(join(actual, name)).equals(readFileSync(join(expected, name))), name).toBe(true);
    }
  }
  await expect(make(whole, shortSize, undefined, 2)).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });
}, 400_000);

// --- internal ---

function disposable<T extends { close(): Promise<void> }>(model: T): T & AsyncDisposable {
  return Object.assign(model, { [Symbol.asyncDispose]: () => model.close() });
}

import type { SessionEvent } from "@palaver/core";
import { parseMessages } from "@palaver/core";
import { type ScriptedModelOptions, scriptedModel, sessionContract } from "@palaver/core/testing";
import { promptLookup } from "@palaver/engine";
import { createSampler, greedy } from "@palaver/sampling";
import { describe, expect, test } from "vitest";
import { createSession } from "./create-session.ts";

const sampler = greedy();

async function collect(events: AsyncIterable<SessionEvent>): Promise<SessionEvent[]> {
  const all: SessionEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const model = (answers: ScriptedModelOptions["answers"], options: Partial<ScriptedModelOptions> = {}) =>
  scriptedModel({ answers, ...options });

describe("a local session", () => {
  const cases = sessionContract(async ({ system, answers }) => {
    let failing = false;
    const onStep = (): void => {
      if (!failing) return;
      failing = false;
      throw new DOMException("the model failed", "OperationError");
    };
    const session = createSession({ model: model(answers, { onStep }), system, sampler });
    return {
      session,
      failNext() {
        failing = true;
      },
    };
  });
  for (const { name, run } of cases) test(name, run);
});

test("a base model is refused with what it can do instead", () => {
  expect(() => createSession({ model: { ...model([]), template: undefined } })).toThrow(
    expect.objectContaining({ code: "ERR_UNSUPPORTED", message: expect.stringContaining("continue text") }),
  );
});

test("reasoning is told apart from the answer and kept beside it", async () => {
  const session = createSession({ model: model(["<think>Hm, 2+2.</think>4"]), sampler });

  const events = await collect(session.send("2+2?"));

  const of = (type: string): string => events.map((e) => (e.type === type && "text" in e ? e.text : "")).join("");
  expect([of("reasoning-delta"), of("text-delta")]).toEqual(["Hm, 2+2.", "4"]);
  expect(session.messages.at(-1)).toEqual({ role: "assistant", content: "4", reasoning: "Hm, 2+2." });
});

test("a call of a tool ends the answer, and its result is answered next", async () => {
  const tools = [{ name: "add" }];
  const call = '<call>{"name":"add","arguments":{"a":2,"b":2}}</call>';
  const session = createSession({ model: model([`Let me see.${call}`, "It is 4."]), tools, sampler });

  const events = await collect(session.send("2+2?"));
  await collect(session.send([{ role: "tool", content: "4", toolCallId: "call_0" }]));

  expect(events.slice(-2)).toMatchObject([
    { type: "tool-call", id: "call_0", name: "add", arguments: { a: 2, b: 2 } },
    { type: "finish", reason: "tool-calls" },
  ]);
  expect(session.messages.slice(1)).toEqual([
    {
      role: "assistant",
      content: "Let me see.",
      toolCalls: [{ id: "call_0", name: "add", arguments: { a: 2, b: 2 } }],
    },
    { role: "tool", content: "4", toolCallId: "call_0" },
    { role: "assistant", content: "It is 4." },
  ]);
});

test("ids of calls stay unique in a conversation that goes on", async () => {
  const call = '<call>{"name":"now","arguments":{}}</call>';
  const past = [
    { role: "user" as const, content: "Time?" },
    { role: "assistant" as const, content: "", toolCalls: [{ id: "call_7", name: "now", arguments: {} }] },
  ];
  const session = createSession({ model: model(() => call), messages: past, tools: [{ name: "now" }], sampler });

  await collect(session.send([{ role: "tool", content: "12", toolCallId: "call_7" }]));

  expect(session.messages.at(-1)).toMatchObject({ toolCalls: [{ id: "call_8" }] });
});

test("a call that cannot be read stays in the text as the model wrote it", async () => {
  const broken = "<call>{oops</call>";
  const session = createSession({ model: model([broken]), tools: [{ name: "add" }], sampler });

  const events = await collect(session.send("2+2?"));

  expect(events[0]).toMatchObject({ type: "tool-call-error", raw: broken });
  expect(events.at(-1)).toMatchObject({ reason: "stop" });
  expect(session.messages.at(-1)).toEqual({ role: "assistant", content: broken });
});

test("without tools nothing is a call", async () => {
  const text = '<call>{"name":"add","arguments":{}}</call>';
  const session = createSession({ model: model([text]), sampler });

  await collect(session.send("?"));

  expect(session.messages.at(-1)).toEqual({ role: "assistant", content: text });
});

test("stop strings and the most tokens end an answer", async () => {
  const session = createSession({ model: model(["one two three", "four five"]), sampler, stopStrings: [" three"] });

  const stopped = await collect(session.send("Count"));
  const cut = await collect(session.send("More", { maxTokens: 4 }));

  expect(session.messages.filter(({ role }) => role === "assistant").map(({ content }) => content)).toEqual([
    "one two",
    "four",
  ]);
  expect([stopped.at(-1), cut.at(-1)]).toMatchObject([{ reason: "stop" }, { reason: "length" }]);
});

test("guesses save steps and change nothing that is said", async () => {
  const answer = "one two one two one two";
  const plain = model([answer]);
  const guessing = model([answer]);

  const said = await collect(createSession({ model: plain, sampler, now: () => 0 }).send("Count"));
  const speculate = { guess: promptLookup() };
  const events = await collect(createSession({ model: guessing, sampler, speculate, now: () => 0 }).send("Count"));

  expect(events).toEqual(said);
  expect(guessing.decoder.steps.length).toBeLessThan(plain.decoder.steps.length);
});

test("an empty list answers the conversation as it stands, and goes on where the assistant spoke last", async () => {
  const asked = [{ role: "user" as const, content: "Count" }];
  const begun = [...asked, { role: "assistant" as const, content: [{ type: "text" as const, text: "one " }] }];
  const answering = createSession({ model: model(["one two"]), messages: asked, sampler });
  const continuing = createSession({ model: model(["one two"]), messages: begun, sampler });

  await collect(answering.send([]));
  const events = await collect(continuing.send([]));

  expect(answering.messages).toEqual([...asked, { role: "assistant", content: "one two" }]);
  expect(continuing.messages).toEqual(answering.messages);
  expect(events.map((event) => (event.type === "text-delta" ? event.text : "")).join("")).toBe("two");
});

test("nothing to answer is refused", async () => {
  const calling = {
    role: "assistant" as const,
    content: "",
    toolCalls: [{ id: "call_0", name: "now", arguments: {} }],
  };

  for (const messages of [[], [calling]]) {
    const session = createSession({ model: model(["x"]), messages, sampler });
    await expect(collect(session.send([]))).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });
    expect(session.messages).toEqual(messages);
  }
});

test("log probabilities come token by token where they are asked for", async () => {
  const session = createSession({ model: model(["Hi"]), sampler });

  const events = await collect(session.send("Hello", { logprobs: 1 }));

  const tokens = events.filter((event) => event.type === "token");
  expect(tokens).toHaveLength(2);
  expect(tokens[0]).toMatchObject({ id: 72, top: [{ id: 72, logprob: expect.closeTo(0, 6) }] });
});

test("a fork shares the past, costs no second prefill of it, and goes its own way", async () => {
  const scripted = model((prompt) => (prompt.includes("left") ? "L" : "R"));
  const system = "Decide. ".repeat(20); // 160 bytes: two whole steps of a prefill
  const session = createSession({ model: scripted, system, sampler });
  await collect(session.send("Go"));
  const past = session.messages;

  const fork = session.fork();
  const events = await collect(fork.send("left"));
  await collect(session.send("right"));

  expect(fork.messages).toEqual([...past, { role: "user", content: "left" }, { role: "assistant", content: "L" }]);
  expect(session.messages.at(-1)).toEqual({ role: "assistant", content: "R" });
  const finish = events.at(-1);
  expect(finish?.type === "finish" && finish.usage.cachedTokens).toBe(128);
  await session.close();
  await fork.close();
  expect(scripted.decoder.openCaches).toBe(0);
});

test("a reset goes back to the system message, or to given messages", async () => {
  const session = createSession({ model: model(["Hi", "Hi"]), system: "Be kind.", sampler });
  await collect(session.send("Hello"));

  session.reset();
  expect(session.messages).toEqual([{ role: "system", content: "Be kind." }]);

  session.reset([{ role: "user", content: "Earlier" }]);
  expect(session.messages).toEqual([{ role: "user", content: "Earlier" }]);
});

test("what was said stays, and the session closes, after its model was closed in the middle of an answer", async () => {
  const scripted = model(["Hello!"]);
  const session = createSession({ model: scripted, sampler });
  const events = session.send("Hi")[Symbol.asyncIterator]();
  await events.next();
  await scripted.close();

  await session.close();

  expect(session.messages).toEqual([
    { role: "user", content: "Hi" },
    { role: "assistant", content: "H" },
  ]);
});

test("a saved conversation goes on where it was", async () => {
  const answers = ["<think>a</think>One", "Two", "Three"];
  const session = createSession({ model: model(answers), system: "Count.", sampler });
  await collect(session.send("1"));

  const saved = JSON.stringify(session);
  const restored = createSession({ model: model(answers), messages: parseMessages(JSON.parse(saved)), sampler });
  await collect(restored.send("2"));
  await collect(session.send("2"));

  expect(restored.messages).toEqual(session.messages);
});

test("the same seed gives the same answers in a session that goes on and in new ones", async () => {
  const seeded = createSampler({ seed: 3, temperature: 1.5, topK: 0, topP: 1 });
  const free = scriptedModel({ answers: [], contextTokens: 512 });
  const unscripted = { ...free, stopIds: [] };
  const options = { model: unscripted, sampler: createSampler({ seed: 3, topK: 0 }), maxTokens: 8 };
  const session = createSession(options);
  for (const question of ["a", "b", "c"]) {
    const fresh = createSession({ ...options, messages: session.messages });

    await collect(session.send(question, { sampler: seeded }));
    await collect(fresh.send(question, { sampler: seeded }));

    expect(fresh.messages).toEqual(session.messages);
  }
});

test("an undefined option of one answer leaves the session's own in place", async () => {
  const session = createSession({ model: model(["abcdef"]), sampler, maxTokens: 3 });

  await collect(session.send("Hi", { maxTokens: undefined, sampler: undefined }));

  expect(session.messages.at(-1)).toEqual({ role: "assistant", content: "abc" });
});

import { scriptedModel } from "@palaver/core/testing";
import { expect, test } from "vitest";
import { createApp } from "../app.ts";
import { singleModel } from "../model-provider.ts";

const NOW_MS = Date.UTC(2026, 0, 2);
const TIME = "2026-01-02T00:00:00.000Z";

function appWith(...answers: string[]) {
  const models = singleModel(scriptedModel({ answers }), { name: "tiny", sizeBytes: 7, family: "llama" });
  return createApp({ models, version: "1.2.3", now: () => NOW_MS, random: () => 0.5 });
}

async function post(app: ReturnType<typeof appWith>, path: string, body: object) {
  const response = await app.request(path, { method: "POST", body: new TextEncoder().encode(JSON.stringify(body)) });
  const lines = (await response.text()).trim().split("\n");
  return { response, status: response.status, lines: lines.map((line) => JSON.parse(line)) };
}

const asked = { model: "tiny", messages: [{ role: "user", content: "Hi" }] };

test("GET and HEAD / say that Ollama is running", async () => {
  const app = appWith();

  expect(await (await app.request("/")).text()).toBe("Ollama is running");
  expect((await app.request("/", { method: "HEAD" })).status).toBe(200);
});

test("the version is the one given", async () => {
  expect(await (await appWith().request("/api/version")).json()).toEqual({ version: "1.2.3" });
});

test("tags list the models with their tag", async () => {
  const response = await appWith().request("/api/tags");
  const { models } = JSON.parse(await response.text());

  expect(models).toHaveLength(1);
  expect(models[0]).toMatchObject({ name: "tiny:latest", model: "tiny:latest", size: 7, modified_at: TIME });
  expect(models[0].details).toMatchObject({ family: "llama", families: ["llama"], parameter_size: "" });
});

test("chat streams lines, the last with counts and durations", async () => {
  const { response, lines } = await post(appWith("Hello 🙂"), "/api/chat", asked);

  expect(response.headers.get("content-type")).toBe("application/x-ndjson");
  expect(lines.map((line) => line.message.content).join("")).toBe("Hello 🙂");
  for (const line of lines)
    expect(line).toMatchObject({ model: "tiny", created_at: TIME, message: { role: "assistant" } });
  expect(lines.slice(0, -1).every((line) => line.done === false)).toBe(true);
  // <|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n in bytes and control tokens; the answer is 10 bytes and its end.
  expect(lines.at(-1)).toMatchObject({ done: true, done_reason: "stop", prompt_eval_count: 21, eval_count: 11 });
  for (const name of ["total", "load", "prompt_eval", "eval"]) {
    expect(Number.isInteger(lines.at(-1)[`${name}_duration`])).toBe(true);
  }
});

test("chat with stream false is one object", async () => {
  const { response, lines } = await post(appWith("Hello"), "/api/chat", { ...asked, stream: false });

  expect(response.headers.get("content-type")).toMatch(/^application\/json/);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ message: { role: "assistant", content: "Hello" }, done: true, done_reason: "stop" });
});

test("calls of tools have an object as arguments, thinking has its own field", async () => {
  const answer = '<think>hm</think>Look:<call>{"name":"now","arguments":{"zone":"CET"}}</call>';
  const tools = [{ type: "function", function: { name: "now", parameters: { type: "object" } } }];

  const { lines } = await post(appWith(answer), "/api/chat", { ...asked, tools, stream: false });

  expect(lines[0].message).toEqual({
    role: "assistant",
    content: "Look:",
    thinking: "hm",
    tool_calls: [{ id: "call_0", function: { index: 0, name: "now", arguments: { zone: "CET" } } }],
  });
  expect(lines[0].done_reason).toBe("stop");
});

test("num_predict and stop end an answer", async () => {
  const app = appWith("one two three");
  const text = async (options: object) => (await post(app, "/api/chat", { ...asked, stream: false, options })).lines[0];

  expect(await text({ num_predict: 3 })).toMatchObject({ message: { content: "one" }, done_reason: "length" });
  expect(await text({ num_predict: -1 })).toMatchObject({ message: { content: "one two three" }, done_reason: "stop" });
  expect(await text({ stop: " two" })).toMatchObject({ message: { content: "one" }, done_reason: "stop" });
  expect(await text({ stop: ["x", "ee"] })).toMatchObject({ message: { content: "one two thr" }, done_reason: "stop" });
});

test("generate puts its prompt and system message into the template", async () => {
  let seen = "";
  const model = scriptedModel({
    answers: (prompt) => {
      seen = prompt;
      return "Hello";
    },
  });
  const app = createApp({ models: singleModel(model), version: "1", now: () => NOW_MS, random: () => 0 });

  const { lines } = await post(app, "/api/generate", { model: "scripted", prompt: "Hi", system: "Be kind." });

  expect(lines.map((line) => line.response).join("")).toBe("Hello");
  expect(seen).toBe("<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
});

test("generate continues text behind the begin token where raw is asked for, or the model has no template", async () => {
  const model = scriptedModel({ answers: [] });
  const base = { ...model, name: "base", template: undefined };
  const options = { num_predict: 2 };
  for (const [served, raw] of [
    [model, true],
    [base, false],
    [base, true],
  ] as const) {
    const app = createApp({ models: singleModel(served), version: "1", now: () => NOW_MS, random: () => 0 });

    const body = { model: served.name, prompt: "ab", raw, options, stream: false };
    const { lines } = await post(app, "/api/generate", body);

    expect(lines[0]).toMatchObject({ done: true, prompt_eval_count: 3, eval_count: 2, done_reason: "length" });
    const begin = model.tokenizer.special.bos;
    expect(model.decoder.steps.at(-2)?.rows[0]).toEqual({ start: 0, tokens: [begin, 0x61, 0x62] });
  }
});

test("a request without a prompt has the model opened", async () => {
  const app = appWith();

  const generate = await post(app, "/api/generate", { model: "tiny", keep_alive: "5m" });
  const chat = await post(app, "/api/chat", { model: "tiny", messages: [], keep_alive: 0 });

  expect(generate.lines).toEqual([{ model: "tiny", created_at: TIME, response: "", done: true, done_reason: "load" }]);
  expect(chat.lines[0]).toMatchObject({ message: { role: "assistant", content: "" }, done_reason: "load" });
});

test("logprobs name each token, its bytes and the most probable ones", async () => {
  const { lines } = await post(appWith("é"), "/api/chat", { ...asked, logprobs: true, top_logprobs: 2, stream: false });

  const { logprobs } = lines[0];
  expect(logprobs.map((entry: { bytes: number[] }) => entry.bytes)).toEqual([[0xc3], [0xa9]]);
  expect(logprobs[0].logprob).toBeCloseTo(0, 5);
  expect(logprobs[0].top_logprobs).toHaveLength(2);
  expect(logprobs[0].top_logprobs[0]).toMatchObject({ bytes: [0xc3] });
});

test("old turns are forgotten where a conversation outgrows the context, unless truncate is false", async () => {
  const models = singleModel(scriptedModel({ answers: () => "ok", contextTokens: 128 }));
  const app = createApp({ models, version: "1", now: () => NOW_MS, random: () => 0 });
  const turn = [
    { role: "user", content: "x".repeat(50) },
    { role: "assistant", content: "y" },
  ];
  const body = { model: "scripted", messages: [...turn, ...turn, { role: "user", content: "Hi" }], stream: false };

  expect(await post(app, "/api/chat", body)).toMatchObject({ status: 200 });
  expect(await post(app, "/api/chat", { ...body, truncate: false })).toMatchObject({
    status: 400,
    lines: [{ error: expect.stringContaining("context is 128 tokens") }],
  });
});

test.each([
  ["format", { format: "json" }],
  ["options.mirostat", { options: { mirostat: 2 } }],
  ["options.temperature", { options: { temperature: "hot" } }],
  ["options.top_p", { options: { top_p: 1.5 } }],
  ["options.seed", { options: { seed: 1.5 } }],
  ["options.stop", { options: { stop: [""] } }],
  ["options", { options: [] }],
  ["think", { think: "low" }],
  ["messages", { messages: "Hi" }],
  ["messages[0].role", { messages: [{ role: "wizard", content: "" }] }],
  ["messages[0].images", { messages: [{ role: "user", content: "", images: ["aGk="] }] }],
  ["tools[0]", { tools: [1] }],
  ["stream", { stream: "yes" }],
  ["model", { model: 1 }],
])("%s is named in the refusal", async (field, change) => {
  const { status, lines } = await post(appWith("no"), "/api/chat", { ...asked, ...change });

  expect(status).toBe(400);
  expect(lines[0].error).toContain(field);
});

test.each(["suffix", "template", "images", "context"])("generate refuses %s", async (field) => {
  const value = field === "images" || field === "context" ? [1] : "x";
  const { status, lines } = await post(appWith("no"), "/api/generate", { model: "tiny", prompt: "Hi", [field]: value });

  expect(status).toBe(400);
  expect(lines[0].error).toContain(field);
});

test("an unknown model and an unknown route are 404", async () => {
  const app = appWith();

  expect(await post(app, "/api/chat", { ...asked, model: "large" })).toMatchObject({
    status: 404,
    lines: [{ error: expect.stringContaining('"large" not found') }],
  });
  expect(await post(app, "/api/pull", {})).toMatchObject({ status: 404, lines: [{ error: expect.any(String) }] });
});

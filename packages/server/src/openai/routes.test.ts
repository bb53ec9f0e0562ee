import { scriptedModel } from "@palaver/core/testing";
import { expect, test } from "vitest";
import { createApp } from "../app.ts";
import { singleModel } from "../model-provider.ts";

const NOW_MS = Date.UTC(2026, 0, 2);
const NOW_S = NOW_MS / 1000;

function appWith(...answers: string[]) {
  const models = singleModel(scriptedModel({ answers }), { name: "org/tiny" });
  return createApp({ models, version: "1", now: () => NOW_MS, random: () => 0.5 });
}

async function post(app: ReturnType<typeof appWith>, path: string, body: object) {
  const response = await app.request(path, { method: "POST", body: new TextEncoder().encode(JSON.stringify(body)) });
  return { response, status: response.status, text: await response.text() };
}

async function chat(app: ReturnType<typeof appWith>, change: object = {}) {
  const { status, text } = await post(app, "/v1/chat/completions", { ...asked, ...change });
  return { status, body: JSON.parse(text) };
}

/** The data of a stream's events; the last one as text. */
function eventsOf(text: string) {
  const events = text.split("\n\n").slice(0, -1);
  for (const event of events) expect(event).toMatch(/^data: [^\n]+$/);
  const data = events.map((event) => event.slice("data: ".length));
  return { chunks: data.slice(0, -1).map((json) => JSON.parse(json)), last: data.at(-1) };
}

const asked = { model: "org/tiny", messages: [{ role: "user", content: "Hi" }] };

test("models are listed and found by name, also with a slash", async () => {
  const app = appWith();
  const tiny = { id: "org/tiny", object: "model", created: NOW_S, owned_by: "palaver" };

  expect(await (await app.request("/v1/models")).json()).toEqual({ object: "list", data: [tiny] });
  expect(await (await app.request("/v1/models/org/tiny")).json()).toEqual(tiny);
  expect(await (await app.request("/v1/models/org%2Ftiny:latest")).json()).toEqual(tiny);
  const missing = await app.request("/v1/models/large");
  expect(missing.status).toBe(404);
  expect(await missing.json()).toMatchObject({ error: { type: "invalid_request_error", code: "model_not_found" } });
});

test("a chat completion is one object with its tokens counted", async () => {
  const { status, body } = await chat(appWith("Hello"));

  expect(status).toBe(200);
  expect(body).toEqual({
    id: expect.stringMatching(/^chatcmpl-./),
    object: "chat.completion",
    created: NOW_S,
    model: "org/tiny",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: "Hello", refusal: null },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    // Five bytes and the end of the turn.
    usage: { prompt_tokens: 21, completion_tokens: 6, total_tokens: 27, prompt_tokens_details: { cached_tokens: 0 } },
  });
});

test("a streamed completion begins with the role and ends with reason, usage and [DONE]", async () => {
  const change = { stream: true, stream_options: { include_usage: true } };
  const { response, text } = await post(appWith("Hey 🙂"), "/v1/chat/completions", { ...asked, ...change });

  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const { chunks, last } = eventsOf(text);
  expect(last).toBe("[DONE]");
  expect(chunks[0].choices[0].delta).toEqual({ role: "assistant", content: "" });
  expect(
    chunks
      .slice(0, -1)
      .map((chunk) => chunk.choices[0].delta.content ?? "")
      .join(""),
  ).toBe("Hey 🙂");
  expect(chunks.at(-2).choices).toEqual([{ index: 0, delta: {}, logprobs: null, finish_reason: "stop" }]);
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 21, completion_tokens: 9 } });
  expect(new Set(chunks.map((chunk) => `${chunk.id} ${chunk.created} ${chunk.object}`)).size).toBe(1);
});

test("without include_usage no chunk tells usage", async () => {
  const { text } = await post(appWith("Hey"), "/v1/chat/completions", { ...asked, stream: true });

  expect(eventsOf(text).chunks.every((chunk) => !("usage" in chunk))).toBe(true);
});

test("answers have ids of their own", async () => {
  const app = appWith("Hello");

  expect((await chat(app)).body.id).not.toBe((await chat(app)).body.id);
});

test("content may come in parts, and system may be called developer", async () => {
  let seen = "";
  const model = scriptedModel({
    answers: (prompt) => {
      seen = prompt;
      return "ok";
    },
  });
  const app = createApp({ models: singleModel(model), version: "1", now: () => NOW_MS, random: () => 0 });
  const messages = [
    { role: "developer", content: "Be kind." },
    {
      role: "user",
      content: [
        { type: "text", text: "Hi " },
        { type: "text", text: "there" },
      ],
    },
  ];

  await chat(app, { model: "scripted", messages });

  expect(seen).toContain("<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi there<|im_end|>");
});

const tools = [{ type: "function", function: { name: "now", parameters: { type: "object" } } }];
const calling = '<think>hm</think><call>{"name":"now","arguments":{"zone":"CET"}}</call>';

test("calls of tools have text as arguments and a reason of their own", async () => {
  const { body } = await chat(appWith(calling), { tools });

  const call = { id: "call_0", type: "function", function: { name: "now", arguments: '{"zone":"CET"}' } };
  expect(body.choices[0]).toMatchObject({ finish_reason: "tool_calls" });
  expect(body.choices[0].message).toEqual({
    role: "assistant",
    content: null,
    refusal: null,
    reasoning_content: "hm",
    tool_calls: [call],
  });
});

test("streamed calls carry their index", async () => {
  const { text } = await post(appWith(calling), "/v1/chat/completions", { ...asked, tools, stream: true });

  const deltas = eventsOf(text).chunks.map((chunk) => chunk.choices[0].delta);
  expect(deltas).toContainEqual({
    tool_calls: [{ index: 0, id: "call_0", type: "function", function: { name: "now", arguments: '{"zone":"CET"}' } }],
  });
  expect(deltas.map((delta) => delta.reasoning_content ?? "").join("")).toBe("hm");
});

test("with tool_choice none, what looks like a call is text", async () => {
  const { body } = await chat(appWith('<call>{"name":"now"}</call>'), { tools, tool_choice: "none" });

  expect(body.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: '<call>{"name":"now"}</call>' } });
});

test("max_tokens, max_completion_tokens and stop end an answer", async () => {
  const app = appWith("one two three");
  const choice = async (change: object) => (await chat(app, change)).body.choices[0];

  expect(await choice({ max_tokens: 3 })).toMatchObject({ message: { content: "one" }, finish_reason: "length" });
  expect(await choice({ max_completion_tokens: 3, max_tokens: 9 })).toMatchObject({ message: { content: "one" } });
  expect(await choice({ stop: [" two"] })).toMatchObject({ message: { content: "one" }, finish_reason: "stop" });
});

test("logprobs name each token and the most probable ones", async () => {
  const { body } = await chat(appWith("ab"), { logprobs: true, top_logprobs: 1 });

  const { content } = body.choices[0].logprobs;
  expect(content.map((entry: { token: string }) => entry.token)).toEqual(["a", "b"]);
  expect(content[0]).toMatchObject({ bytes: [0x61], top_logprobs: [{ token: "a" }] });
});

test("the same seed gives the same answer, another one another", async () => {
  const models = singleModel(scriptedModel({ answers: [] }));
  const app = createApp({ models, version: "1", now: () => NOW_MS, random: () => 0 });
  const text = async (seed: number) => {
    const body = { model: "scripted", prompt: "a", max_tokens: 12, seed };
    return JSON.parse((await post(app, "/v1/completions", body)).text).choices[0].text;
  };

  expect(await text(7)).toBe(await text(7));
  expect(await text(7)).not.toBe(await text(8));
});

test("completions go on with text behind the begin token, 16 tokens unless told otherwise", async () => {
  const model = scriptedModel({ answers: [] });
  const app = createApp({ models: singleModel(model), version: "1", now: () => NOW_MS, random: () => 0 });

  const { text } = await post(app, "/v1/completions", { model: "scripted", prompt: ["ab"] });

  expect(JSON.parse(text)).toMatchObject({
    object: "text_completion",
    choices: [{ index: 0, finish_reason: "length", logprobs: null }],
    usage: { prompt_tokens: 3, completion_tokens: 16 },
  });
  expect(model.decoder.steps[0]?.rows[0]?.tokens).toEqual([model.tokenizer.special.bos, 0x61, 0x62]);
});

test("a streamed continuation ends with a reason and [DONE]", async () => {
  const body = { model: "org/tiny", prompt: "a", max_tokens: 4, stream: true };
  const { text } = await post(appWith(), "/v1/completions", body);

  const { chunks, last } = eventsOf(text);
  expect(last).toBe("[DONE]");
  expect(chunks.at(-1).choices[0]).toMatchObject({ text: "", finish_reason: "length" });
});

test.each([
  ["n", { n: 2 }],
  ["response_format", { response_format: { type: "json_object" } }],
  ["tool_choice", { tools, tool_choice: "required" }],
  ["tools[0].function.strict", { tools: [{ type: "function", function: { name: "f", strict: true } }] }],
  ["logit_bias.a", { logit_bias: { a: 1 } }],
  ["temperature", { temperature: 3 }],
  ["top_logprobs", { top_logprobs: 21 }],
  ["max_tokens", { max_tokens: 0 }],
  ["stop", { stop: Array(17).fill("x") }],
  ["messages[0].content[0].type", { messages: [{ role: "user", content: [{ type: "image_url" }] }] }],
  ["model", { model: null }],
])("%s is the parameter of the refusal", async (param, change) => {
  const { status, body } = await chat(appWith("no"), change);

  expect(status).toBe(400);
  expect(body.error).toMatchObject({ type: "invalid_request_error", param, message: expect.stringContaining(param) });
});

test("fields that are what they are anyway are accepted", async () => {
  const change = { n: 1, response_format: { type: "text" }, parallel_tool_calls: true, logit_bias: {}, user: "me" };

  expect((await chat(appWith("ok"), { ...change, stop: null, tools: [], metadata: {} })).status).toBe(200);
});

test("a prompt beyond the context is told with its code", async () => {
  const { status, body } = await chat(appWith("no"), { messages: [{ role: "user", content: "x".repeat(5000) }] });

  expect(status).toBe(400);
  expect(body.error).toMatchObject({ type: "invalid_request_error", code: "context_length_exceeded" });
});

test("no messages are nothing to answer", async () => {
  expect((await chat(appWith("no"), { messages: [] })).status).toBe(400);
});

test("a base model goes on with the text of a single user message, and knows no roles", async () => {
  const base = { ...scriptedModel({ answers: [] }), template: undefined };
  const app = createApp({ models: singleModel(base), version: "1", now: () => NOW_MS, random: () => 0 });
  const user = { role: "user", content: "Once" };
  const settings = { model: "scripted", max_tokens: 12, temperature: 0 };

  const continued = await chat(app, { ...settings, messages: [user] });
  const completion = await post(app, "/v1/completions", { ...settings, prompt: "Once" });
  const ruled = await chat(app, { ...settings, messages: [{ role: "system", content: "Rules." }, user] });
  const conversation = await chat(app, { ...settings, messages: [user, { role: "assistant", content: "I" }, user] });

  const text = JSON.parse(completion.text).choices[0].text;
  expect(text).not.toBe("");
  expect(continued).toMatchObject({ status: 200, body: { choices: [{ message: { content: text } }] } });
  for (const refused of [ruled, conversation]) {
    expect(refused).toMatchObject({ status: 400, body: { error: { param: "messages" } } });
  }
});

import { type ScriptedModelOptions, scriptedModel } from "@palaver/core/testing";
import type { RunningServer } from "@palaver/server/node";
import { Ollama } from "ollama";
import OpenAI from "openai";
import { afterEach, expect, test, vi } from "vitest";
import { serveModel } from "./serve-model.ts";

const running: RunningServer[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.close({ drainMs: 0 });
});

const info = {
  name: "scripted",
  sizeBytes: 5_000,
  digest: `sha256:${"ab".repeat(32)}`,
  format: "gguf",
  family: "llama",
};

async function start(options: Partial<ScriptedModelOptions> = {}, apiKey?: string) {
  const model = scriptedModel({ answers: () => "Hello 🙂", ...options });
  const server = await serveModel(model, { port: 0, apiKey, info });
  running.push(server);
  const ollama = new Ollama({ host: server.url });
  const openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: apiKey ?? "unused", maxRetries: 0 });
  return { model, server, ollama, openai };
}

const hi = [{ role: "user" as const, content: "Hi" }];
const model = "scripted";
const parameters = { type: "object", properties: { zone: { type: "string" } }, required: ["zone"] };
const tools = [{ type: "function" as const, function: { name: "now", description: "The time.", parameters } }];
const calling = { answers: () => '<call>{"name":"now","arguments":{"zone":"CET"}}</call>' };
/** Every step takes a while, so that there is a middle to leave in. */
const slow = { answers: () => "x".repeat(2000), onStep: () => new Promise<void>((done) => setTimeout(done, 10)) };

test("ollama-js chats, streaming and not", async () => {
  const { ollama } = await start();

  const whole = await ollama.chat({ model, messages: hi });
  let streamed = "";
  let last: { done: boolean; eval_count?: number } | undefined;
  for await (const part of await ollama.chat({ model, messages: hi, stream: true })) {
    streamed += part.message.content;
    last = part;
  }

  expect(whole).toMatchObject({ message: { role: "assistant", content: "Hello 🙂" }, done_reason: "stop" });
  expect(streamed).toBe("Hello 🙂");
  expect(last).toMatchObject({ done: true, eval_count: whole.eval_count });
});

test("ollama-js generates, with and without a template", async () => {
  const { ollama } = await start();

  const answered = await ollama.generate({ model, prompt: "Hi", system: "Be kind." });
  const continued = await ollama.generate({ model, prompt: "Hi", raw: true, options: { num_predict: 4, seed: 1 } });

  expect(answered.response).toBe("Hello 🙂");
  expect(continued).toMatchObject({ eval_count: 4, done_reason: "length" });
});

test("ollama-js sees calls of tools and answers them", async () => {
  const { ollama } = await start({ answers: (prompt) => (prompt.includes("12:00") ? "Noon." : calling.answers()) });

  const { message } = await ollama.chat({ model, messages: hi, tools });
  const result = { role: "tool", tool_name: "now", content: "12:00" };
  const answer = await ollama.chat({ model, messages: [...hi, message, result], tools });

  expect(message.tool_calls).toMatchObject([{ function: { name: "now", arguments: { zone: "CET" } } }]);
  expect(answer.message.content).toBe("Noon.");
});

test("ollama-js lists models, asks for the version and reads errors", async () => {
  const { ollama } = await start();

  expect((await ollama.list()).models.map((listed) => listed.name)).toEqual(["scripted:latest"]);
  expect((await ollama.version()).version).toMatch(/^\d+\.\d+\.\d+/);
  await expect(ollama.chat({ model: "large", messages: hi })).rejects.toMatchObject({
    status_code: 404,
    message: expect.stringContaining('"large" not found'),
  });
});

test("ollama-js shows a model, and lists it as one that is open, with the same size and digest", async () => {
  const { ollama } = await start();

  const shown = await ollama.show({ model });
  const [listed] = (await ollama.list()).models;
  const [open] = (await ollama.ps()).models;

  expect(shown).toMatchObject({
    details: { format: "gguf", family: "llama", families: ["llama"] },
    model_info: { "general.architecture": "llama", "llama.context_length": 4096 },
    capabilities: ["completion", "tools"],
    parameters: expect.stringMatching(/^stop +"<\|im_end\|>"$/),
  });
  expect(listed).toMatchObject({ name: "scripted:latest", size: 5_000, digest: "ab".repeat(32) });
  const { modified_at: _, ...always } = listed!;
  expect(open).toMatchObject({ ...always, size_vram: 0 });
  expect(new Date(open!.expires_at).getTime()).toBeGreaterThan(Date.now());
  await expect(ollama.show({ model: "large" })).rejects.toMatchObject({ status_code: 404 });
});

test("an abort of ollama-js ends the answer in the engine", async () => {
  const { ollama, model: served } = await start(slow);
  const stream = await ollama.chat({ model, messages: hi, stream: true });
  const reading = (async () => {
    for await (const _ of stream) if (served.decoder.steps.length > 5) stream.abort();
  })();

  await expect(reading).rejects.toThrow(/abort/i);

  await vi.waitFor(() => expect(served.decoder.openCaches).toBe(0), { timeout: 250, interval: 10 });
});

test("openai-js completes chats, streaming and not", async () => {
  const { openai } = await start();

  const whole = await openai.chat.completions.create({ model, messages: hi });
  const options = { model, messages: hi, stream: true as const, stream_options: { include_usage: true } };
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  for await (const chunk of await openai.chat.completions.create(options)) chunks.push(chunk);

  expect(whole.choices[0]).toMatchObject({
    message: { role: "assistant", content: "Hello 🙂" },
    finish_reason: "stop",
  });
  expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("")).toBe("Hello 🙂");
  expect(chunks.at(-1)?.usage).toEqual(whole.usage);
});

test("openai-js's stream helper puts the answer together again", async () => {
  const { openai } = await start(calling);

  const final = await openai.chat.completions.stream({ model, messages: hi, tools }).finalChatCompletion();

  expect(final.choices[0]).toMatchObject({
    finish_reason: "tool_calls",
    message: { tool_calls: [{ type: "function", function: { name: "now", arguments: '{"zone":"CET"}' } }] },
  });
});

test("openai-js runs tools until there is an answer", async () => {
  const { openai } = await start({ answers: (prompt) => (prompt.includes("12:00") ? "Noon." : calling.answers()) });
  const runnable = { ...tools[0]!.function, function: () => "12:00", parse: JSON.parse };

  const runner = openai.chat.completions.runTools({
    model,
    messages: hi,
    tools: [{ type: "function", function: runnable }],
  });

  expect(await runner.finalContent()).toBe("Noon.");
});

test("openai-js continues text, lists models and reads log probabilities", async () => {
  const { openai } = await start();

  const completion = await openai.completions.create({ model, prompt: "Once", max_tokens: 3, seed: 1 });
  const { data } = await openai.models.list();
  const { choices } = await openai.chat.completions.create({ model, messages: hi, logprobs: true, top_logprobs: 2 });

  expect(completion.choices[0]?.finish_reason).toBe("length");
  expect(data.map((listed) => listed.id)).toEqual(["scripted"]);
  expect((await openai.models.retrieve("scripted")).object).toBe("model");
  expect(choices[0]?.logprobs?.content?.[0]).toMatchObject({ token: "H", top_logprobs: [{ token: "H" }, {}] });
});

test("an abort of openai-js ends the answer in the engine, also one that is not streamed", async () => {
  const { openai, model: served } = await start(slow);
  const leaver = new AbortController();
  const streaming = await openai.chat.completions.create({ model, messages: hi, stream: true });
  const whole = openai.chat.completions.create({ model, messages: hi }, { signal: leaver.signal });
  whole.catch(() => undefined);
  await vi.waitFor(() => expect(served.decoder.openCaches).toBe(2));

  streaming.controller.abort();
  leaver.abort();

  await expect(whole).rejects.toThrow(OpenAI.APIUserAbortError);
  await vi.waitFor(() => expect(served.decoder.openCaches).toBe(0), { timeout: 250, interval: 10 });
});

test("openai-js reads errors, and the key is checked", async () => {
  const { openai, server } = await start({}, "correct-horse");
  const other = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "another-horse", maxRetries: 0 });

  await expect(openai.chat.completions.create({ model: "large", messages: hi })).rejects.toThrow(OpenAI.NotFoundError);
  await expect(openai.chat.completions.create({ model, messages: hi, n: 2 })).rejects.toMatchObject({
    status: 400,
    param: "n",
    type: "invalid_request_error",
  });
  await expect(other.models.list()).rejects.toThrow(OpenAI.AuthenticationError);
});

test("both clients at once get what they get alone", async () => {
  const said = (prompt: string) => `You said ${/user\n(.*)<\|im_end/.exec(prompt)?.[1]}`;
  const { ollama, openai } = await start({ answers: said });
  const ask = (content: string) => [{ role: "user" as const, content }];

  const answers = await Promise.all(
    Array.from({ length: 8 }, async (_, i) =>
      i % 2 === 0
        ? (await ollama.chat({ model, messages: ask(`word ${i}`) })).message.content
        : (await openai.chat.completions.create({ model, messages: ask(`word ${i}`) })).choices[0]?.message.content,
    ),
  );

  expect(answers).toEqual(Array.from({ length: 8 }, (_, i) => `You said word ${i}`));
});

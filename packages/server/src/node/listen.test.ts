import { connect } from "node:net";
import { isPalaverError } from "@palaver/core";
import { type ScriptedModelOptions, scriptedModel } from "@palaver/core/testing";
import { Hono } from "hono";
import { afterEach, expect, test, vi } from "vitest";
import { createApp } from "../app.ts";
import { singleModel } from "../model-provider.ts";
import { type ListenOptions, listen, type RunningServer } from "./listen.ts";

const running: RunningServer[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.close({ drainMs: 0 });
});

async function start(options: Partial<ScriptedModelOptions> = {}, listenOptions: ListenOptions = {}) {
  const model = scriptedModel({ answers: () => "Hello", ...options });
  const app = createApp({ models: singleModel(model), version: "1", now: () => performance.now(), random: () => 0.5 });
  const server = await listen(app, { port: 0, ...listenOptions });
  running.push(server);
  return { model, app, server };
}

function chat({ url }: RunningServer, change: object = {}, signal?: AbortSignal) {
  const body = JSON.stringify({ model: "scripted", messages: [{ role: "user", content: "Hi" }], ...change });
  const headers = { "content-type": "application/json" };
  return fetch(`${url}/api/chat`, { method: "POST", headers, body, ...(signal && { signal }) });
}

/** Every step takes a while, so that there is a middle to leave in. */
const slow = { onStep: () => new Promise<void>((resolve) => setTimeout(resolve, 20)), answers: () => "x".repeat(3000) };

test("it listens on the loopback address alone, at a port of the system's choice", async () => {
  const { server } = await start();

  expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
  expect(await (await fetch(server.url)).text()).toBe("Ollama is running");
  expect((await (await chat(server, { stream: false })).json()) as object).toMatchObject({
    message: { content: "Hello" },
  });
});

test.each(["0.0.0.0", "::", "192.168.1.7", "example.com"])("%s needs a key", async (host) => {
  const { app } = await start();

  const refusal = { code: "ERR_INVALID_ARGUMENT", message: expect.stringMatching(/apiKey .*PALAVER_API_KEY/) };

  await expect(listen(app, { host, port: 0 })).rejects.toMatchObject(refusal);
});

test("with a key it may be open to other machines", async () => {
  const models = singleModel(scriptedModel({ answers: [] }));
  const options = { models, version: "1", now: () => 0, random: () => 0, apiKey: "correct-horse" };
  const server = await listen(createApp(options), { host: "0.0.0.0", port: 0 });
  running.push(server);

  expect((await fetch(`http://127.0.0.1:${server.port}/`)).status).toBe(401);
});

test("a port that is taken is ERR_IO with what to do", async () => {
  const { server, app } = await start();

  const error = await listen(app, { port: server.port }).catch((e: unknown) => e);

  expect(isPalaverError(error, "ERR_IO")).toBe(true);
  expect(String(error)).toMatch(/taken: stop the other server .* or choose another port/);
});

test.each([-1, 65_536, 1.5])("%s is no port", async (port) => {
  const { app } = await start();

  await expect(listen(app, { port })).rejects.toSatisfy((e) => isPalaverError(e, "ERR_INVALID_ARGUMENT"));
});

test.each([true, false])("a client that leaves stops its answer within 250 ms (stream: %s)", async (stream) => {
  const { server, model } = await start(slow);
  const leaver = new AbortController();
  const response = chat(server, { stream }, leaver.signal).then((answer) => answer.text());
  await vi.waitFor(() => expect(model.decoder.steps.length).toBeGreaterThan(3));

  leaver.abort();

  await expect(response).rejects.toThrow(/abort/i);
  await vi.waitFor(() => expect(model.decoder.openCaches).toBe(0), { timeout: 250, interval: 10 });
});

test("close lets an answer end, and then nobody is served", async () => {
  const { server } = await start({ onStep: slow.onStep });
  const answer = chat(server).then((response) => response.text());
  await new Promise((resolve) => setTimeout(resolve, 60));

  await server.close();

  expect(await answer).toContain('"done_reason":"stop"');
  await expect(fetch(server.url)).rejects.toThrow();
});

test("close ends what takes longer than it waits", async () => {
  const { server, model } = await start(slow);
  const answer = chat(server).then((response) => response.text());
  answer.catch(() => undefined);
  await vi.waitFor(() => expect(model.decoder.steps.length).toBeGreaterThan(3));

  await server.close({ drainMs: 50 });

  await expect(answer).rejects.toThrow();
  await vi.waitFor(() => expect(model.decoder.openCaches).toBe(0), { timeout: 250, interval: 10 });
});

test("a second close ends now what the first one waits for", async () => {
  const { server, model } = await start(slow);
  chat(server).catch(() => undefined);
  await vi.waitFor(() => expect(model.decoder.steps.length).toBeGreaterThan(3));
  const first = server.close({ drainMs: 60_000 });
  const begun = performance.now();

  await server.close({ drainMs: 0 });
  await first;

  expect(performance.now() - begun).toBeLessThan(1_000);
});

test("a client that never finishes its headers is cut off", async () => {
  const { server } = await start({}, { headersTimeoutMs: 100, requestTimeoutMs: 200 });
  const socket = connect(server.port, "127.0.0.1");
  socket.write("POST /api/chat HTTP/1.1\r\nHost: localhost\r\n");
  let answer = "";
  socket.on("data", (data) => {
    answer += data;
  });

  await new Promise((resolve) => socket.on("close", resolve));

  expect(answer).toMatch(/^HTTP\/1\.1 408/);
});

test("a client that does not read its answer is cut off", async () => {
  const left = vi.fn();
  const endless = () =>
    new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)), cancel: left });
  const app = Object.assign(new Hono(), { requiresKey: false });
  app.get("/", () => new Response(endless()));
  const server = await listen(app, { port: 0, stalledWriteMs: 200 });
  running.push(server);
  const socket = connect(server.port, "127.0.0.1").on("error", () => undefined);
  socket.pause();

  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");

  await vi.waitFor(() => expect(left).toHaveBeenCalled(), { timeout: 5_000, interval: 50 });
  socket.destroy();
});

test("a model that takes its time is waited for", async () => {
  const onStep = (_: unknown, index: number) => new Promise<void>((done) => setTimeout(done, index === 0 ? 500 : 0));
  const { server } = await start({ onStep }, { stalledWriteMs: 100 });

  expect(await (await chat(server)).text()).toContain("done_reason");
});

test("an idle connection is closed", async () => {
  const { server } = await start({}, { idleMs: 100 });
  const socket = connect(server.port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  socket.resume();
  const begun = performance.now();

  await new Promise((resolve) => socket.on("close", resolve));

  expect(performance.now() - begun).toBeLessThan(3_000);
});

test.each([
  ["Host: evil.example", 403],
  ["Host: localhost@evil.example", 400],
  ["Host: localhost\r\nHost: evil.example", 403],
  ["Host: localhost\r\nOrigin: http://evil.example", 403],
  ["Host: localhost\r\nContent-Type: text/plain", 415],
  ["X-No: host", 400],
])("a request with %s gets %i and does not reach the model", async (header, status) => {
  const { server, model } = await start();
  const body = '{"model":"scripted","messages":[{"role":"user","content":"Hi"}]}';
  const head = `POST /api/chat HTTP/1.1\r\n${header}\r\nConnection: close\r\nContent-Length: ${body.length}`;
  const socket = connect(server.port, "127.0.0.1");
  let answer = "";
  socket.on("data", (data) => {
    answer += data;
  });

  socket.write(`${head}\r\n\r\n${body}`);
  await new Promise((resolve) => socket.on("close", resolve));

  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(model.decoder.steps).toHaveLength(0);
});

test("bytes that are no HTTP are answered with 400, and the next client is served", async () => {
  const { server } = await start();
  const socket = connect(server.port, "127.0.0.1");
  socket.end("\u0000\u0001 nonsense\r\n\r\n");
  let answer = "";
  socket.on("data", (data) => {
    answer += data;
  });
  await new Promise((resolve) => socket.on("close", resolve));

  expect(answer).toMatch(/^HTTP\/1\.1 400/);
  expect((await chat(server)).status).toBe(200);
});

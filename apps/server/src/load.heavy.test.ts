import { scriptedModel } from "@palaver/core/testing";
import { createApp, singleModel } from "@palaver/server";
import { listen, type RunningServer } from "@palaver/server/node";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { serveModel } from "./serve-model.ts";

let server: RunningServer | undefined;
afterEach(async () => server?.close({ drainMs: 0 }));

function chat(url: string, content: string): Promise<Response> {
  const body = JSON.stringify({ model: "scripted", messages: [{ role: "user", content }], stream: false });
  return fetch(`${url}/api/chat`, { method: "POST", headers: { "content-type": "application/json" }, body });
}

test("2,000 requests, 16 at once, each get their own answer and no word of another's", async () => {
  const model = scriptedModel({ answers: (prompt) => `You said ${/user\n(.*)<\|im_end/.exec(prompt)?.[1]}` });
  const { url } = await serveModel(model, { port: 0 }).then((started) => (server = started));
  const words = Array.from({ length: 2_000 }, (_, i) => `canary-${(i * 7919).toString(36)}.`);
  const queue = [...words.entries()];

  const worker = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const { message } = JSON.parse(await (await chat(url, next[1])).text());
      expect(message.content).toBe(`You said ${next[1]}`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));

  expect(model.decoder.openCaches).toBe(0);
}, 300_000);

test("5,000 bad bodies get no answer of 5xx, and the engine answers afterwards", async () => {
  const { url } = await serveModel(scriptedModel({ answers: () => "ok", contextTokens: 64 }), { port: 0 }).then(
    (started) => (server = started),
  );
  const names = ["model", "messages", "prompt", "stream", "options", "stop", "temperature", "seed", "tools", "system"];
  const object = fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 6 });
  const good = { model: "scripted", messages: [{ role: "user", content: "a" }], prompt: "a" };
  const text = fc.oneof(
    object.map((change) => JSON.stringify({ ...good, ...change })),
    object.map((bad) => JSON.stringify(bad)),
    fc.string({ unit: "binary" }),
  );
  const path = fc.constantFrom("/api/chat", "/api/generate", "/v1/chat/completions", "/v1/completions");
  const property = fc.asyncProperty(path, text, async (route, body) => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(url + route, { method: "POST", headers, body });
    await response.text();
    expect(response.status).toBeLessThan(500);
  });

  await fc.assert(property, { numRuns: 5_000, interruptAfterTimeLimit: 240_000 });

  expect((await chat(url, "a")).status).toBe(200);
}, 300_000);

test("under overload, requests too many are refused within 200 ms", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const models = singleModel(scriptedModel({ answers: () => "ok", onStep: () => held }));
  const options = { models, version: "1", now: () => performance.now(), random: Math.random };
  server = await listen(createApp({ ...options, limits: { maxConcurrent: 2, maxQueued: 4 } }), { port: 0 });
  const { url } = server;

  const ask = async () => {
    const begun = performance.now();
    const response = await chat(url, "a");
    await response.text();
    return { status: response.status, ms: performance.now() - begun };
  };
  const admitted = Promise.all(Array.from({ length: 6 }, ask));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const refused: Awaited<ReturnType<typeof ask>>[] = [];
  for (let wave = 0; wave < 10; wave++) refused.push(...(await Promise.all(Array.from({ length: 10 }, ask))));

  release();
  expect(refused.every(({ status }) => status === 503)).toBe(true);
  expect((await admitted).every(({ status }) => status === 200)).toBe(true);
  // The slowest few meet whatever else the machine does.
  const sorted = refused.map(({ ms }) => ms).sort((a, b) => a - b);
  expect(sorted[94]).toBeLessThan(200);
}, 60_000);

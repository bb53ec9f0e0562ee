import { PalaverError } from "@palaver/core";
import { type ScriptedModelOptions, scriptedModel } from "@palaver/core/testing";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { type AppOptions, createApp } from "./app.ts";
import { modelList, singleModel } from "./model-provider.ts";

function serve(options: Partial<ScriptedModelOptions>, appOptions: Partial<AppOptions> = {}) {
  const model = scriptedModel({ answers: () => "Hello", ...options });
  const fixed = { models: singleModel(model), version: "1", now: () => performance.now(), random: () => 0.5 };
  return { model, app: createApp({ ...fixed, ...appOptions }) };
}

function asked(content: string, change: object = {}, signal?: AbortSignal): RequestInit {
  const body = JSON.stringify({ model: "scripted", messages: [{ role: "user", content }], ...change });
  const headers = { "content-type": "application/json" };
  return { method: "POST", body, headers, ...(signal && { signal }) };
}

const chats = ["/api/chat", "/v1/chat/completions"];

/** A step that lasts until it is let go. */
function held() {
  let release = () => {};
  const gone = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { release, wait: () => gone };
}

test.each(chats)(
  "%s: a reader that leaves ends the running step, and its neighbour's answer stays whole",
  async (path) => {
    const step = held();
    let steps = 0;
    const { app, model } = serve({ onStep: () => (++steps === 4 ? step.wait() : undefined) });
    const leaving = await app.request(path, asked("one", { stream: true }));
    const staying = app.request(path, asked("two", { stream: true }));
    await vi.waitFor(() => expect(steps).toBe(4));

    await leaving.body?.cancel();

    const text = await (await staying).text();
    expect(
      text
        .match(/"content":"([^"]*)"/g)
        ?.join("")
        .replaceAll(/"content":|"/g, ""),
    ).toBe("Hello");
    expect(model.decoder.openCaches).toBe(0);
  },
);

test.each(chats)("%s: a client that leaves before the first token ends the step", async (path) => {
  const step = held();
  const { app, model } = serve({ onStep: step.wait });
  const leaver = new AbortController();
  const response = app.request(path, asked("one", { stream: false }, leaver.signal));
  await vi.waitFor(() => expect(model.decoder.steps.length).toBe(1));

  leaver.abort();

  await response;
  expect(model.decoder.openCaches).toBe(0);
});

test.each(chats)("%s: many at once get what they get alone", async (path) => {
  const { app } = serve({ answers: (prompt) => `You said ${/user\n(.*)<\|im_end/.exec(prompt)?.[1]}` });
  const words = Array.from({ length: 12 }, (_, i) => `canary-${i}`);

  const answers = await Promise.all(
    words.map(async (word) => (await app.request(path, asked(word, { stream: false }))).text()),
  );

  for (const [i, answer] of answers.entries()) {
    expect(answer).toContain(`You said ${words[i]}"`);
    expect(answer.match(/canary-/g)).toHaveLength(1);
  }
});

test.each([
  ["/api/chat", 503],
  ["/v1/chat/completions", 429],
])("%s: one request too many is refused at once with %i and Retry-After", async (path, status) => {
  const step = held();
  const { app, model } = serve({ onStep: step.wait }, { limits: { maxConcurrent: 1, maxQueued: 1 } });
  const admitted = [app.request(path, asked("a", { stream: false })), app.request(path, asked("b", { stream: false }))];
  await vi.waitFor(() => expect(model.decoder.steps.length).toBe(1));
  const start = performance.now();

  const refused = await app.request(path, asked("c"));

  expect(performance.now() - start).toBeLessThan(200);
  expect(refused.status).toBe(status);
  expect(refused.headers.get("retry-after")).toBe("1");
  step.release();
  for (const response of admitted) expect((await response).status).toBe(200);
});

test.each(chats)(
  "%s: a failure of the runtime is a 500 that the operator alone knows in full, and the next request is answered",
  async (path) => {
    const onError = vi.fn();
    let fails = true;
    const onStep = () => {
      if (!fails) return;
      throw new PalaverError("ERR_RUNTIME", "the device is lost", { cause: new Error("secret path") });
    };
    const { app, model } = serve({ onStep }, { onError });

    const failed = await app.request(path, asked("a"));

    expect(failed.status).toBe(500);
    const text = await failed.text();
    expect(text).toContain("the model failed (ERR_RUNTIME)");
    expect(text).not.toMatch(/device|secret|node_modules|\.ts:/);
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: "the device is lost" }));
    fails = false;
    expect(await (await app.request(path, asked("a"))).text()).toContain("stop");
    expect(model.decoder.openCaches).toBe(0);
  },
);

test.each([
  ["/api/chat", /\n\{"error":"the model failed \(ERR_RUNTIME\)"\}\n$/],
  [
    "/v1/chat/completions",
    /\n\ndata: \{"error":\{"message":"the model failed \(ERR_RUNTIME\)","type":"server_error".*\}\}\n\n$/,
  ],
])("%s: a failure in the middle of a stream is its last line", async (path, expected) => {
  const onError = vi.fn();
  const onStep = (_: unknown, index: number) => {
    if (index === 3) throw new PalaverError("ERR_RUNTIME", "the device is lost");
  };
  const { app, model } = serve({ onStep }, { onError });

  const response = await app.request(path, asked("a", { stream: true }));

  expect(response.status).toBe(200);
  expect(await response.text()).toMatch(expected);
  expect(onError).toHaveBeenCalledOnce();
  expect(model.decoder.openCaches).toBe(0);
});

test("logits that are no numbers fail their own request alone", async () => {
  let isBroken = true;
  const scripted = scriptedModel({ answers: () => "Hello" });
  const decoder: typeof scripted.decoder = Object.create(scripted.decoder, {
    step: {
      value: async (...step: Parameters<typeof scripted.decoder.step>) => {
        const logits = await scripted.decoder.step(...step);
        return isBroken ? logits.map((row) => row.fill(Number.NaN)) : logits;
      },
    },
  });
  const { app } = serve({}, { models: singleModel({ ...scripted, decoder }) });

  const failed = await app.request("/api/chat", asked("a"));
  isBroken = false;
  const next = await app.request("/api/chat", asked("a", { stream: false }));

  expect(failed.status).toBe(500);
  expect(JSON.parse(await next.text()).message.content).toBe("Hello");
});

test("what is no error of ours is told as nothing but a failure", async () => {
  const models = { list: async () => [], open: () => Promise.reject(new TypeError("x.y is undefined")) };
  const { app } = serve({}, { models });

  const response = await app.request("/api/chat", asked("a"));

  expect(response.status).toBe(500);
  expect(await response.json()).toEqual({ error: "the server failed" });
});

test.each([
  ["ERR_NOT_FOUND", "/srv/tiny/config.json is missing beside the weights: fetch it"],
  ["ERR_UNSUPPORTED", "/srv/tiny is of an architecture that is not known"],
  ["ERR_LIMIT", "/srv/tiny/model.safetensors is larger than its limit"],
  ["ERR_IO", "/srv/tiny/model.safetensors cannot be read"],
] as const)(
  "a served model that does not open by %s is the server's fault, and its paths stay there",
  async (code, message) => {
    const onError = vi.fn();
    const load = () => Promise.reject(new PalaverError(code, message, { details: { path: "/srv/tiny" } }));
    const { app } = serve({}, { models: modelList([{ info: { name: "scripted" }, load }]), onError });

    const ollama = await app.request("/api/chat", asked("a"));
    const openai = await app.request("/v1/chat/completions", asked("a"));

    expect([ollama.status, openai.status]).toEqual([500, 500]);
    expect((await ollama.text()) + (await openai.text())).not.toContain("/srv");
    expect(onError).toHaveBeenCalledTimes(2);
    expect(onError).toHaveBeenLastCalledWith(expect.objectContaining({ code, message }));
  },
);

test("a request that finds no memory beside another one is told to come back", async () => {
  const step = held();
  const { app, model } = serve({ onStep: step.wait, contextTokens: 100, maxCacheTokens: 150 });
  const first = app.request("/api/chat", asked("a", { stream: false }));
  await vi.waitFor(() => expect(model.decoder.steps.length).toBe(1));

  const second = await app.request("/api/chat", asked("b"));

  expect(second.status).toBe(503);
  expect(second.headers.get("retry-after")).toBe("1");
  step.release();
  expect((await first).status).toBe(200);
  expect((await app.request("/api/chat", asked("b", { stream: false }))).status).toBe(200);
});

test("what a request names goes before the makers' advice, and that before the dialect's habit", async () => {
  // At temperature 0 the most probable token is the scripted one, at 100 hardly ever.
  const text = async (temperature: number | undefined, samplingDefaults: object) => {
    const model = { ...scriptedModel({ answers: () => "Hello" }), samplingDefaults };
    const { app } = serve({}, { models: singleModel(model) });
    const options = { temperature, top_k: 0, top_p: 1, num_predict: 5 };
    return JSON.parse(await (await app.request("/api/chat", asked("a", { options, stream: false }))).text()).message
      .content;
  };

  expect(await text(undefined, { temperature: 100 })).not.toBe("Hello");
  expect(await text(0, { temperature: 100 })).toBe("Hello");
  expect(await text(undefined, {})).toBe("Hello");
});

test("with a key, every route needs it, and any host name may be used", async () => {
  const { app } = serve({}, { apiKey: "correct-horse" });
  const authorization = "Bearer correct-horse";

  expect(app.requiresKey).toBe(true);
  for (const path of ["/", "/api/tags", "/v1/models"]) {
    expect((await app.request(path)).status).toBe(401);
    expect((await app.request(path, { headers: { authorization, host: "model.example" } })).status).toBe(200);
  }
});

test("a prompt that no context could hold is refused before it is tokenized", async () => {
  const { app, model } = serve({ contextTokens: 16 }, { limits: { maxPromptCharacters: 5_000 } });
  const encode = vi.spyOn(model.tokenizer, "encode");

  expect((await app.request("/api/chat", asked("x".repeat(2_049)))).status).toBe(400);
  expect((await app.request("/api/chat", asked("x".repeat(5_001)))).status).toBe(400);

  expect(encode).not.toHaveBeenCalled();
});

const long = "x".repeat(3_000);
const call = { id: "a", type: "function", function: { name: "f", arguments: "{}" } };

test.each([
  ["a system message", { messages: [{ role: "system", content: long }] }],
  ["a name", { messages: [{ role: "user", content: "a", name: long }] }],
  ["reasoning", { messages: [{ role: "assistant", content: "a", reasoning_content: long }] }],
  ["a call's id", { messages: [{ role: "assistant", content: "a", tool_calls: [{ ...call, id: long }] }] }],
  ["a tool's name", { messages: [{ role: "tool", content: "a", name: long }] }],
  ["the id that a result answers", { messages: [{ role: "tool", content: "a", tool_call_id: long }] }],
  ["a tool's description", { tools: [{ type: "function", function: { name: "f", description: long } }] }],
  ["a variable of the template", { chat_template_kwargs: { style: [long] } }],
  ["a variable's name", { chat_template_kwargs: { [long]: 1 } }],
])("the text of %s counts as part of the prompt", async (_, change) => {
  const limited = serve({}, { limits: { maxPromptCharacters: 2_500 } });
  const small = serve({ contextTokens: 16 });
  const rendered = [limited, small].map(({ model }) => vi.spyOn(model.template!, "render"));

  const tooLong = await limited.app.request("/v1/chat/completions", asked("a", change));
  const noRoom = await small.app.request("/v1/chat/completions", asked("a", change));

  expect(await tooLong.json()).toMatchObject({ error: { code: "limit_exceeded" } });
  expect(await noRoom.json()).toMatchObject({ error: { code: "context_length_exceeded" } });
  for (const spy of rendered) expect(spy).not.toHaveBeenCalled();
});

const routes = ["/api/chat", "/api/generate", "/v1/chat/completions", "/v1/completions"];
const fields = ["model", "messages", "prompt", "stream", "options", "stop", "temperature", "top_p", "seed", "tools"];
const others = ["max_tokens", "logit_bias", "stream_options", "keep_alive", "system", "raw", "think", "n", "__proto__"];

test("bad bodies get an answer of 4xx or a good one, never 5xx, and the engine lives on", async () => {
  const { app, model } = serve({ contextTokens: 64 });
  const value = fc.jsonValue({ maxDepth: 3 });
  const object = fc.dictionary(fc.constantFrom(...fields, ...others), value, { maxKeys: 5 });
  const mostlyGood = object.map((change) => ({
    model: "scripted",
    messages: [{ role: "user", content: "a" }],
    ...change,
  }));
  const body = fc.oneof(
    mostlyGood.map((good) => JSON.stringify(good)),
    object.map((bad) => JSON.stringify(bad)),
    value.map((json) => JSON.stringify(json)),
    fc.string(),
    mostlyGood.chain((good) => fc.nat(40).map((cut) => JSON.stringify(good).slice(0, -cut))),
  );
  const property = fc.asyncProperty(fc.constantFrom(...routes), body, async (path, text) => {
    const response = await app.request(path, { method: "POST", body: new TextEncoder().encode(text) });
    await response.text();
    expect(response.status === 200 || (response.status >= 400 && response.status < 500)).toBe(true);
  });

  await fc.assert(property, { numRuns: 300 });

  expect(await (await app.request("/api/chat", asked("a"))).text()).toContain("done_reason");
  expect(model.decoder.openCaches).toBe(0);
});

import type { DecoderCache, DecoderRow } from "@palaver/core";
import { brokenDecoder, scriptedModel } from "@palaver/core/testing";
import { batchDecoder } from "@palaver/engine";
import { expect, test, vi } from "vitest";
import { createApp } from "./app.ts";
import { singleModel } from "./model-provider.ts";

const answer = "Hello there";

/** A server whose model gives one logit for all tokens, from the fifth token of an answer to a prompt with `#` on. */
function serveBroken(logit: number) {
  const model = scriptedModel({ answers: () => answer, onStep: () => new Promise((resolve) => setImmediate(resolve)) });
  const marker = model.tokenizer.encode("#")[0]!;
  const steps = new Map<DecoderCache, number>();
  const logitOf = ({ cache, tokens }: DecoderRow): number | undefined => {
    if (tokens.includes(marker)) steps.set(cache, 0);
    const step = steps.get(cache);
    if (step === undefined) return undefined;
    steps.set(cache, step + 1);
    return step >= 4 ? logit : undefined;
  };
  const decoder = batchDecoder(brokenDecoder(model.decoder, logitOf));
  const onError = vi.fn();
  const models = singleModel({ ...model, decoder });
  return { model, onError, app: createApp({ models, version: "1", now: () => 0, random: () => 0.5, onError }) };
}

function asked(content: string, change: object): RequestInit {
  const body = JSON.stringify({ model: "scripted", messages: [{ role: "user", content }], ...change });
  return { method: "POST", body, headers: { "content-type": "application/json" } };
}

/** The content of a stream of either dialect, and its last line as an object. */
function readStream(text: string) {
  const lines = text
    .split("\n")
    .flatMap((line) => (line.includes("{") ? [JSON.parse(line.replace("data: ", ""))] : []));
  const content = lines.map((line) => line.message?.content ?? line.choices?.[0]?.delta.content ?? "").join("");
  return { content, last: lines.at(-1) };
}

const dialects = ["/api/chat", "/v1/chat/completions"] as const;
const logitsThatAreNone = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

test.each(dialects.flatMap((path) => logitsThatAreNone.map((logit) => [path, logit] as const)))(
  "%s: logits of %f in one row of a batch end that stream with an error, and the others are whole",
  async (path, logit) => {
    const { app, model, onError } = serveBroken(logit);

    const [broken, ...whole] = await Promise.all(
      ["#", "a", "b"].map(async (prompt) =>
        readStream(await (await app.request(path, asked(prompt, { stream: true }))).text()),
      ),
    );

    expect(answer.startsWith(broken!.content)).toBe(true);
    expect(broken!.content.length).toBeLessThan(answer.length);
    expect(JSON.stringify(broken!.last.error)).toMatch(/the model failed/);
    if (path.startsWith("/v1"))
      expect(broken!.last.error).toMatchObject({ type: "server_error", code: "model_failed" });
    expect(whole.map(({ content }) => content)).toEqual([answer, answer]);
    const error = { code: "ERR_RUNTIME", message: expect.stringMatching(/logit/) };
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining(error));
    expect(model.decoder.openCaches).toBe(0);
  },
);

test("without a stream the same is a 500 with a body of the dialect", async () => {
  const { app } = serveBroken(Number.NaN);

  const ollama = await app.request("/api/chat", asked("#", { stream: false }));
  const openai = await app.request("/v1/chat/completions", asked("#", {}));

  expect([ollama.status, openai.status]).toEqual([500, 500]);
  expect(await ollama.json()).toEqual({ error: "the model failed (ERR_RUNTIME)" });
  expect(await openai.json()).toMatchObject({ error: { type: "server_error", code: "model_failed", param: null } });
});

test("a cache that no memory is left for is refused with the numbers before anything runs", async () => {
  const model = scriptedModel({ answers: () => answer, contextTokens: 4096, maxCacheTokens: 1000 });
  const onError = vi.fn();
  const app = createApp({ models: singleModel(model), version: "1", now: () => 0, random: () => 0.5, onError });

  const ollama = await app.request("/api/chat", asked("a", {}));
  const openai = await app.request("/v1/chat/completions", asked("a", {}));
  const smaller = await app.request("/api/chat", asked("a", { options: { num_ctx: 900 }, stream: false }));

  expect([ollama.status, openai.status, smaller.status]).toEqual([400, 400, 200]);
  expect(await ollama.json()).toEqual({ error: expect.stringMatching(/1000.*4096|4096.*1000/) });
  expect(await openai.json()).toMatchObject({
    error: { code: "limit_exceeded", message: expect.stringContaining("4096") },
  });
  expect(onError).not.toHaveBeenCalled(); // nothing of the server's is broken
});

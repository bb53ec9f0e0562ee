import { PalaverError } from "@palaver/core";
import { byteTokenizer, tableDecoder } from "@palaver/core/testing";
import { greedy } from "@palaver/sampling";
import { expect, test } from "vitest";
import { type GenerateEvent, generate } from "./generate.ts";
import { createPromptCache } from "./prompt-cache.ts";

const tokenizer = byteTokenizer();
const { vocabSize } = tokenizer;

/** Takes events until the end and gives them with the error that ended them. */
async function collect(events: AsyncIterable<GenerateEvent>): Promise<{ all: GenerateEvent[]; error: unknown }> {
  const all: GenerateEvent[] = [];
  try {
    for await (const event of events) all.push(event);
  } catch (error) {
    return { all, error };
  }
  return { all, error: undefined };
}

test("an abort before the start computes nothing and throws the signal's reason", async () => {
  const decoder = tableDecoder();
  const reason = { why: "too late" };

  const { all, error } = await collect(
    generate({ decoder, prompt: [1], sampler: greedy(), signal: AbortSignal.abort(reason) }),
  );

  expect(error).toBe(reason);
  expect(all).toEqual([]);
  expect(decoder.steps).toEqual([]);
  expect(decoder.openCaches).toBe(0);
});

test.each([
  ["the prefill", 0],
  ["a decoding step", 3],
])("an abort reaches into %s", async (_, step) => {
  const controller = new AbortController();
  const never = new Promise<void>(() => {});
  const decoder = tableDecoder({
    onStep: (_rows, index) => {
      if (index !== step) return;
      queueMicrotask(() => controller.abort());
      return never;
    },
  });

  const { all, error } = await collect(
    generate({ decoder, prompt: [1, 2], sampler: greedy(), signal: controller.signal }),
  );

  expect(error).toBe(controller.signal.reason);
  expect(all.filter(({ type }) => type === "token")).toHaveLength(step);
  expect(decoder.openCaches).toBe(0);
});

test("text held back comes out in front of the abort", async () => {
  const said = tokenizer.encode("Hi Us");
  const controller = new AbortController();
  const decoder = tableDecoder({
    vocabSize,
    script: (ids) => said[ids.length - 1],
    onStep: (_rows, index) => (index === 5 ? controller.abort() : undefined),
  });
  const stopStrings = ["User:"];

  const { all, error } = await collect(
    generate({ decoder, tokenizer, prompt: [1], sampler: greedy(), stopStrings, signal: controller.signal }),
  );

  expect(error).toBe(controller.signal.reason);
  expect(all.map((event) => (event.type === "text-delta" ? event.text : "")).join("")).toBe("Hi Us");
});

test("an abort is an abort, also where the cache is closed with it", async () => {
  for (const speculate of [undefined, { guess: () => [9, 9] }]) {
    const decoder = tableDecoder();
    const cache = createPromptCache(decoder);
    const controller = new AbortController();
    const options = { decoder, cache, prompt: [1, 2], sampler: greedy(), signal: controller.signal, speculate };
    const events = generate(options);
    await events.next();
    await events.next();

    controller.abort();
    cache.close();

    expect((await collect(events)).error).toBe(controller.signal.reason);
  }
});

test("what failed is told, also where the cache was closed meanwhile", async () => {
  const failure = new PalaverError("ERR_RUNTIME", "the model broke");
  const decoder = tableDecoder({
    onStep: (_rows, index) => {
      if (index < 2) return;
      cache.close();
      throw failure;
    },
  });
  const cache = createPromptCache(decoder);

  const { error } = await collect(generate({ decoder, cache, prompt: [1, 2], sampler: greedy() }));

  expect(error).toBe(failure);
});

test("an abort leaves other answers of the decoder alone", async () => {
  const decoder = tableDecoder({ onStep: () => new Promise((resolve) => setImmediate(resolve)) });
  const controller = new AbortController();
  const options = { decoder, sampler: greedy(), maxTokens: 20 };
  const alone = await collect(generate({ ...options, prompt: [5, 6] }));

  const aborted = collect(generate({ ...options, prompt: [1, 2], signal: controller.signal }));
  const neighbour = collect(generate({ ...options, prompt: [5, 6] }));
  setImmediate(() => setImmediate(() => controller.abort()));

  expect((await aborted).error).toBe(controller.signal.reason);
  const tokens = (events: GenerateEvent[]): GenerateEvent[] => events.filter(({ type }) => type === "token");
  expect(tokens((await neighbour).all)).toEqual(tokens(alone.all));
});

test("an abort in the middle of a long prefill keeps the chunks that were computed", async () => {
  const controller = new AbortController();
  const decoder = tableDecoder({
    contextTokens: 1024,
    onStep: (_rows, index) => (index === 2 ? controller.abort() : undefined),
  });
  const cache = createPromptCache(decoder);
  const prompt = Array.from({ length: 500 }, (_, i) => i % 64);

  await collect(generate({ decoder, cache, prompt, sampler: greedy(), signal: controller.signal }));
  const { all } = await collect(generate({ decoder, cache, prompt, sampler: greedy(), maxTokens: 1 }));

  expect(all[0]).toMatchObject({ type: "prompt-end", promptTokens: 500, cachedTokens: 128 });
});

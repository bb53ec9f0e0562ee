import { tableDecoder } from "@palaver/core/testing";
import { logprobs } from "@palaver/sampling";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type ScoreEvent, type ScoreOptions, score } from "./score.ts";

async function collect(options: ScoreOptions): Promise<ScoreEvent[]> {
  const all: ScoreEvent[] = [];
  for await (const event of score(options)) all.push(event);
  return all;
}

test("each token from the second on gets log P given all before it", async () => {
  const decoder = tableDecoder();
  const ids = [3, 1, 4, 1, 5, 9, 2, 6];

  const events = await collect({ decoder, ids, top: 1 });

  for (const [i, event] of events.slice(0, -1).entries()) {
    const cache = decoder.createCache();
    const [logits] = await decoder.step([{ cache, tokens: ids.slice(0, i + 1) }]);
    const [{ logprob }, ...top] = logprobs(logits!, ids[i + 1]!, 1);
    expect(event).toEqual({ type: "token", index: i + 1, id: ids[i + 1], logprob, top });
  }
  expect(events).toHaveLength(ids.length);
});

test("the sum of the printed values is the total, and perplexity follows from it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(63), { minLength: 2, maxLength: 100 }), async (ids) => {
      const events = await collect({ decoder: tableDecoder(), ids });

      const sum = events.reduce((total, event) => (event.type === "token" ? total + event.logprob : total), 0);
      const tokens = ids.length - 1;
      expect(events.at(-1)).toEqual({ type: "finish", tokens, logprob: sum, perplexity: Math.exp(-sum / tokens) });
    }),
    { numRuns: 30 },
  );
});

test("chunks of any size give the same values, also token by token", async () => {
  const decoder = tableDecoder();
  const ids = Array.from({ length: 130 }, (_, i) => (i * 7) % 64);
  const whole = await collect({ decoder, ids, chunk: 1000 });

  for (const chunk of [1, 2, 63, 64, 129]) expect(await collect({ decoder, ids, chunk })).toEqual(whole);
});

test("a step asks for the logits of at most 64 tokens, and results come after each", async () => {
  const decoder = tableDecoder();
  const events = score({ decoder, ids: Array.from({ length: 200 }, (_, i) => i % 64) });

  await events.next();

  expect(decoder.steps.map(({ rows }) => rows[0]!.tokens.length)).toEqual([64]);
  await events.return();
  expect(decoder.openCaches).toBe(0);
});

test("a step has 2^21 logits at most, where the vocabulary is large", async () => {
  const decoder = tableDecoder({ vocabSize: 2 ** 19 });

  await collect({ decoder, ids: new Array(8).fill(1), chunk: 5 });

  expect(decoder.steps.map(({ rows }) => rows[0]!.tokens.length)).toEqual([4, 3]);
});

test("other work has a turn between the logits of a step and the next step's", async () => {
  const ids = new Array(12).fill(1);
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);

  await collect({ decoder: tableDecoder({ vocabSize: 2 ** 19 }), ids }); // steps of 4, 4 and 3 tokens
  isOver = true;

  expect(turns).toBeGreaterThanOrEqual(3);
});

test("a uniform model has the perplexity of its vocabulary", async () => {
  const uniform = {
    ...tableDecoder(),
    step: async () => [new Float32Array(64 * 3)],
  };

  expect((await collect({ decoder: uniform, ids: [1, 2, 3, 4] })).at(-1)).toMatchObject({
    perplexity: expect.closeTo(64, 7),
  });
});

test("a text that just fits is scored, and a longer one is refused with what to do", async () => {
  const decoder = tableDecoder({ contextTokens: 8 });

  expect(await collect({ decoder, ids: new Array(9).fill(1) })).toHaveLength(9);
  await expect(collect({ decoder, ids: new Array(10).fill(1) })).rejects.toMatchObject({
    code: "ERR_CONTEXT_FULL",
    message: "context is 8 tokens, the text needs 9: drop 1",
  });
});

test.each([{ ids: [] }, { ids: [1] }, { ids: [1, 64] }, { chunk: 0 }, { chunk: 1.5 }])(
  "%j is refused",
  async (options) => {
    const decoder = tableDecoder();

    await expect(collect({ decoder, ids: [1, 2], ...options })).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });
    expect(decoder.openCaches).toBe(0);
  },
);

test("an abort throws the signal's reason and closes the cache", async () => {
  const decoder = tableDecoder();
  const signal = AbortSignal.abort(new DOMException("stop", "AbortError"));

  await expect(collect({ decoder, ids: [1, 2], signal })).rejects.toBe(signal.reason);
  expect(decoder.openCaches).toBe(0);
});

test("logits that are not numbers are ERR_RUNTIME", async () => {
  const broken = { ...tableDecoder(), step: async () => [new Float32Array(64).fill(Number.NaN)] };

  await expect(collect({ decoder: broken, ids: [1, 2] })).rejects.toMatchObject({ code: "ERR_RUNTIME" });
});

import type { Decoder } from "@palaver/core";
import { stepSensitiveDecoder, tableDecoder } from "@palaver/core/testing";
import { createSampler, greedy } from "@palaver/sampling";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type GenerateOptions, generate } from "./generate.ts";
import { createPromptCache } from "./prompt-cache.ts";

async function tokensOf(options: GenerateOptions): Promise<number[]> {
  const ids: number[] = [];
  for await (const event of generate(options)) if (event.type === "token") ids.push(event.id);
  return ids;
}

const sampler = createSampler({ seed: 11, temperature: 1 });
const anyIds = (max: number) => fc.array(fc.nat(7), { minLength: 1, maxLength: max });

/** Steps of three tokens, so that short prompts show what long ones do. */
const short = (decoder: Decoder) => createPromptCache(decoder, { chunkTokens: 3 });

test("a step-sensitive decoder tells entries by the step that wrote them", async () => {
  const decoder = stepSensitiveDecoder();
  const cut = async (...steps: number[][]): Promise<Float32Array> => {
    const cache = decoder.createCache();
    let logits = new Float32Array();
    for (const tokens of steps) [logits] = (await decoder.step([{ cache, tokens }])) as [Float32Array<ArrayBuffer>];
    return logits;
  };

  const whole = await cut([1, 2, 3, 4], [5, 6]); // the tests below can fail, since these differ
  expect(await cut([1, 2, 3], [4], [5, 6])).not.toEqual(whole);
  expect(await cut([1, 2], [3, 4], [5, 6])).not.toEqual(whole);
});

test("the same seed gives the same tokens with a warm cache as without one", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyIds(8), { minLength: 1, maxLength: 5 }), fc.nat(5), async (turns, maxTokens) => {
      const decoder = stepSensitiveDecoder({ vocabSize: 8 });
      const cache = short(decoder);
      let prompt: number[] = [];
      for (const turn of turns) {
        prompt = [...prompt, ...turn];
        const options = { decoder, prompt, sampler, maxTokens };

        const warm = await tokensOf({ ...options, cache });

        expect(warm).toEqual(await tokensOf({ ...options, cache: short(decoder) }));
        prompt = [...prompt, ...warm]; // the answer becomes part of the next prompt
      }
    }),
    { numRuns: 50 },
  );
});

test("the same seed gives the same tokens whatever the cache held before", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyIds(12), { minLength: 2, maxLength: 5 }), async (prompts) => {
      const decoder = stepSensitiveDecoder({ vocabSize: 8 });
      const cache = short(decoder);
      for (const prompt of prompts) {
        const options = { decoder, prompt, sampler, maxTokens: 3 };

        expect(await tokensOf({ ...options, cache })).toEqual(await tokensOf({ ...options, cache: short(decoder) }));
      }
    }),
    { numRuns: 50 },
  );
});

test("a fork goes on as its origin does, and neither disturbs the other", async () => {
  const decoder = stepSensitiveDecoder();
  const cache = short(decoder);
  const options = { decoder, sampler, maxTokens: 3 };
  await tokensOf({ ...options, cache, prompt: [1, 2, 3, 4] });

  const fork = cache.fork();
  const other = await tokensOf({ ...options, cache: fork, prompt: [1, 2, 3, 9, 9] });
  const again = await tokensOf({ ...options, cache, prompt: [1, 2, 3, 4, 5, 6] });

  expect(fork.ids).toEqual([1, 2, 3]);
  expect(other).toEqual(await tokensOf({ ...options, cache: short(decoder), prompt: [1, 2, 3, 9, 9] }));
  expect(again).toEqual(await tokensOf({ ...options, cache: short(decoder), prompt: [1, 2, 3, 4, 5, 6] }));
});

test("a prompt computes only what the last prompt does not share, in whole steps", async () => {
  const decoder = tableDecoder();
  const cache = short(decoder);
  const computed = async (prompt: number[]): Promise<(readonly number[])[]> => {
    const before = decoder.steps.length;
    await tokensOf({ decoder, cache, prompt, sampler: greedy(), maxTokens: 0 });
    return decoder.steps.slice(before).map(({ rows }) => rows[0]!.tokens);
  };

  expect(await computed([1, 2, 3, 4, 5])).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
  expect(await computed([1, 2, 3, 4, 5, 6])).toEqual([[4, 5, 6]]);
  expect(await computed([1, 2, 3, 4, 5, 6])).toEqual([[4, 5, 6]]); // one token must be computed, so its step is
  expect(await computed([1, 2, 3, 4, 5, 6, 7])).toEqual([[7]]);
  expect(await computed([1, 2, 3, 9, 9, 9])).toEqual([[9, 9, 9]]);
  expect(await computed([1, 2])).toEqual([[1, 2]]);
  expect(await computed([1, 2, 3, 4])).toEqual([[1, 2, 3], [4]]);
});

test("a prompt is computed in steps of 64 tokens", async () => {
  const decoder = tableDecoder();
  for (const length of [1, 64, 65, 200]) {
    await tokensOf({ decoder, prompt: new Array(length).fill(1), sampler: greedy(), maxTokens: 0 });
  }

  expect(decoder.steps.map(({ rows }) => rows[0]!.tokens.length)).toEqual([1, 64, 64, 1, 64, 64, 64, 8]);
});

test("a cache serves one answer at a time, and the next when that one is over", async () => {
  const decoder = tableDecoder();
  const cache = createPromptCache(decoder);
  const first = generate({ decoder, cache, prompt: [1, 2], sampler: greedy() });
  await first.next();

  await expect(tokensOf({ decoder, cache, prompt: [3, 4], sampler: greedy() })).rejects.toMatchObject({
    code: "ERR_INVALID_ARGUMENT",
  });
  expect(() => cache.fork()).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
  await first.return();

  expect(await tokensOf({ decoder, cache, prompt: [1, 2], sampler: greedy(), maxTokens: 4 })).toHaveLength(4);
});

test("a consumer that stops early leaves whole steps of the prompt in the cache, and nothing else", async () => {
  const decoder = stepSensitiveDecoder();
  const cache = short(decoder);
  for await (const event of generate({ decoder, cache, prompt: [1, 2, 3, 4], sampler })) {
    if (event.type === "token" && decoder.steps.length > 5) break;
  }

  expect(cache.ids).toEqual([1, 2, 3]);
  const options = { decoder, prompt: [1, 2, 3, 4, 5], sampler, maxTokens: 5 };
  expect(await tokensOf({ ...options, cache })).toEqual(await tokensOf({ ...options, cache: short(decoder) }));
});

test("a step that fails leaves a cache that gives the right tokens", async () => {
  for (const failing of [0, 1, 3]) {
    const onStep = (_: unknown, index: number): void => {
      if (index === failing) throw new DOMException("out of memory", "OperationError");
    };
    const decoder = stepSensitiveDecoder({ onStep });
    const cache = short(decoder);
    const options = { decoder, prompt: [1, 2, 3, 4], sampler, maxTokens: 5 };

    await expect(tokensOf({ ...options, cache })).rejects.toThrow("out of memory");

    expect(await tokensOf({ ...options, cache })).toEqual(await tokensOf({ ...options, cache: short(decoder) }));
  }
});

test.each([0, -1, 1.5, Number.NaN])("steps of %s tokens are refused", (chunkTokens) => {
  expect(() => createPromptCache(tableDecoder(), { chunkTokens })).toThrow(
    expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }),
  );
});

test("a smaller cache is a smaller context", async () => {
  const decoder = tableDecoder();
  const cache = createPromptCache(decoder, { capacity: 4 });

  expect(await tokensOf({ decoder, cache, prompt: [1, 2], sampler: greedy() })).toHaveLength(3);
  await expect(tokensOf({ decoder, cache, prompt: [1, 2, 3, 4, 5], sampler: greedy() })).rejects.toMatchObject({
    code: "ERR_CONTEXT_FULL",
  });
});

test("an answer can end after its decoder was closed", async () => {
  const decoder = tableDecoder();
  const cache = createPromptCache(decoder);
  const answer = generate({ decoder, cache, prompt: [1, 2], sampler: greedy() });
  await answer.next();
  await decoder.close();

  await expect(answer.return()).resolves.toEqual({ done: true, value: undefined });
});

test("a closed cache is ERR_CLOSED", async () => {
  const decoder = tableDecoder();
  const cache = createPromptCache(decoder);
  cache.close();

  await expect(tokensOf({ decoder, cache, prompt: [1, 2], sampler: greedy() })).rejects.toMatchObject({
    code: "ERR_CLOSED",
  });
  expect(decoder.openCaches).toBe(0);
});

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

test("a step-sensitive decoder tells generated entries from prefilled ones", async () => {
  const decoder = stepSensitiveDecoder();
  const together = decoder.createCache();
  const apart = decoder.createCache();

  const [a] = await decoder.step([{ cache: together, tokens: [1, 2, 3] }]);
  await decoder.step([{ cache: apart, tokens: [1, 2] }]);
  const [b] = await decoder.step([{ cache: apart, tokens: [3] }]);

  expect(a).not.toEqual(b); // so the tests below can fail
});

test("the same seed gives the same tokens with a warm cache as without one", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyIds(6), { minLength: 1, maxLength: 4 }), fc.nat(5), async (turns, maxTokens) => {
      const decoder = stepSensitiveDecoder({ vocabSize: 8 });
      const cache = createPromptCache(decoder);
      let prompt: number[] = [];
      for (const turn of turns) {
        prompt = [...prompt, ...turn];
        const options = { decoder, prompt, sampler, maxTokens };

        const warm = await tokensOf({ ...options, cache });

        expect(warm).toEqual(await tokensOf(options));
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
      const cache = createPromptCache(decoder);
      for (const prompt of prompts) {
        const options = { decoder, prompt, sampler, maxTokens: 3 };

        expect(await tokensOf({ ...options, cache })).toEqual(await tokensOf(options));
      }
    }),
    { numRuns: 50 },
  );
});

test("a fork goes on as its origin does, and neither disturbs the other", async () => {
  const decoder = stepSensitiveDecoder();
  const cache = createPromptCache(decoder);
  await tokensOf({ decoder, cache, prompt: [1, 2, 3, 4], sampler, maxTokens: 3 });

  const fork = cache.fork();
  const other = await tokensOf({ decoder, cache: fork, prompt: [1, 2, 3, 9, 9], sampler, maxTokens: 3 });
  const again = await tokensOf({ decoder, cache, prompt: [1, 2, 3, 4, 5, 6], sampler, maxTokens: 3 });

  expect(other).toEqual(await tokensOf({ decoder, prompt: [1, 2, 3, 9, 9], sampler, maxTokens: 3 }));
  expect(again).toEqual(await tokensOf({ decoder, prompt: [1, 2, 3, 4, 5, 6], sampler, maxTokens: 3 }));
});

test("a prompt computes only what the last prompt does not share, but at least two tokens", async () => {
  const decoder = tableDecoder();
  const cache = createPromptCache(decoder);
  const computed = async (prompt: number[]): Promise<{ start: number; tokens: readonly number[] }> => {
    const before = decoder.steps.length;
    await tokensOf({ decoder, cache, prompt, sampler: greedy(), maxTokens: 0 });
    return decoder.steps[before]!.rows[0]!;
  };

  expect(await computed([1, 2, 3, 4, 5])).toEqual({ start: 0, tokens: [1, 2, 3, 4, 5] });
  expect(await computed([1, 2, 3, 4, 5, 6, 7])).toEqual({ start: 5, tokens: [6, 7] });
  expect(await computed([1, 2, 3, 4, 5, 6, 7])).toEqual({ start: 5, tokens: [6, 7] });
  expect(await computed([1, 2, 9, 9])).toEqual({ start: 2, tokens: [9, 9] });
  expect(await computed([1])).toEqual({ start: 0, tokens: [1] });
  expect(await computed([1, 2])).toEqual({ start: 0, tokens: [1, 2] });
});

test("a long prompt is computed in steps of 2 to 128 tokens", async () => {
  const decoder = tableDecoder({ contextTokens: 512 });
  for (const length of [127, 128, 129, 130, 256, 257]) {
    const prompt = Array.from({ length }, (_, i) => i % 64);

    await tokensOf({ decoder, prompt, sampler: greedy(), maxTokens: 0 });
  }

  const lengths = decoder.steps.map(({ rows }) => rows[0]!.tokens.length);
  expect(lengths).toEqual([127, 128, 127, 2, 128, 2, 128, 128, 128, 127, 2]);
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

test("a consumer that stops early leaves the prompt in the cache, and nothing else", async () => {
  const decoder = stepSensitiveDecoder();
  const cache = createPromptCache(decoder);
  for await (const event of generate({ decoder, cache, prompt: [1, 2, 3], sampler })) {
    if (event.type === "token" && decoder.steps.length > 4) break;
  }

  expect(cache.ids).toEqual([1, 2, 3]);
  const options = { decoder, prompt: [1, 2, 3, 4, 5], sampler, maxTokens: 5 };
  expect(await tokensOf({ ...options, cache })).toEqual(await tokensOf(options));
});

test("a step that fails leaves a cache that gives the right tokens", async () => {
  let failing = true;
  const onStep = (_: unknown, index: number): void => {
    if (failing && index === 2) throw new DOMException("out of memory", "OperationError");
  };
  const decoder = stepSensitiveDecoder({ onStep });
  const cache = createPromptCache(decoder);
  const options = { decoder, prompt: [1, 2, 3], sampler, maxTokens: 5 };

  await expect(tokensOf({ ...options, cache })).rejects.toThrow("out of memory");
  failing = false;

  expect(await tokensOf({ ...options, cache })).toEqual(await tokensOf(options));
});

test("a smaller cache is a smaller context", async () => {
  const decoder = tableDecoder();
  const cache = createPromptCache(decoder, { capacity: 4 });

  expect(await tokensOf({ decoder, cache, prompt: [1, 2], sampler: greedy() })).toHaveLength(3);
  await expect(tokensOf({ decoder, cache, prompt: [1, 2, 3, 4, 5], sampler: greedy() })).rejects.toMatchObject({
    code: "ERR_CONTEXT_FULL",
  });
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

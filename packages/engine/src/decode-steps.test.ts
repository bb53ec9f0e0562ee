import { tableDecoder } from "@palaver/core/testing";
import { createSampler, greedy } from "@palaver/sampling";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type GenerateEvent, type GenerateOptions, generate } from "./generate.ts";
import { createPromptCache } from "./prompt-cache.ts";
import { promptLookup } from "./prompt-lookup.ts";

async function collect(options: GenerateOptions): Promise<GenerateEvent[]> {
  const events: GenerateEvent[] = [];
  for await (const event of generate({ now: () => 0, ...options })) events.push(event);
  return events;
}

const idsOf = (events: readonly GenerateEvent[]): number[] =>
  events.flatMap((event) => (event.type === "token" ? [event.id] : []));

/** What ends an answer, without what only guessing adds. */
const endOf = (events: readonly GenerateEvent[]): object => ({ ...events.at(-1), speculation: undefined });

const prompt = fc.array(fc.nat(7), { minLength: 1, maxLength: 12 });

test("guesses change nothing but the steps, whatever is guessed", async () => {
  const answer = fc.record({
    prompt,
    seed: fc.nat(99),
    maxTokens: fc.nat(30),
    logprobs: fc.constantFrom(undefined, 2),
  });
  const speculation = fc.record({
    guesses: fc.array(fc.array(fc.nat(7), { maxLength: 6 })),
    maxTokens: fc.integer({ min: 1, max: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(answer, speculation, async ({ seed, ...rest }, { guesses, maxTokens }) => {
      const options = {
        decoder: tableDecoder({ vocabSize: 8 }),
        sampler: createSampler({ seed }),
        stopIds: [7],
        ...rest,
      };
      let calls = 0;
      // A guess in two is the truth, and sometimes longer than was asked for.
      const truth = idsOf(await collect(options));
      const guess = (ids: readonly number[]): readonly number[] =>
        calls++ % 2 === 0
          ? truth.slice(ids.length - rest.prompt.length)
          : (guesses[calls % (guesses.length + 1)] ?? []);

      const guessing = await collect({ ...options, speculate: { guess, maxTokens } });

      const plain = await collect(options);
      expect(guessing.slice(0, -1)).toEqual(plain.slice(0, -1));
      expect(endOf(guessing)).toEqual(endOf(plain));
      expect(options.decoder.openCaches).toBe(0);
    }),
  );
});

test("each right guess saves a step, and a wrong one none", async () => {
  const decoder = tableDecoder({ script: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] });
  const guess = (ids: readonly number[], most: number) =>
    ids.at(-1) === 2 ? [60, 61, 62] : Array.from({ length: most }, (_, i) => ids.at(-1)! + 1 + i);

  const events = await collect({ decoder, prompt: [1], sampler: greedy(), maxTokens: 9, speculate: { guess } });

  expect(idsOf(events)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(events.at(-1)).toMatchObject({ speculation: { steps: 3, guessedTokens: 8, acceptedTokens: 5 } });
  expect(decoder.steps.map(({ rows }) => rows[0])).toEqual([
    { start: 0, tokens: [1] },
    { start: 1, tokens: [2, 60, 61, 62] },
    { start: 2, tokens: [3, 4, 5, 6] },
    { start: 6, tokens: [7, 8, 9] },
  ]);
});

test("every step behind the prompt has two tokens or more, so that its bits do not depend on the guess", async () => {
  await fc.assert(
    fc.asyncProperty(
      prompt,
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 12, max: 20 }),
      async (ids, maxTokens, contextTokens) => {
        const decoder = tableDecoder({ vocabSize: 8, contextTokens });
        const speculate = { guess: promptLookup({ shortestMatch: 1 }) };

        const events = await collect({ decoder, prompt: ids, sampler: greedy(), maxTokens, speculate });

        for (const { rows } of decoder.steps.slice(1)) expect(rows[0]!.tokens.length).toBeGreaterThanOrEqual(2);
        expect(idsOf(events).length).toBe(Math.max(1, Math.min(maxTokens, contextTokens - ids.length)));
      },
    ),
  );
});

test("an abort counts also for tokens that were guessed and need no step", async () => {
  const decoder = tableDecoder({ script: [1, 2, 3, 4, 5, 6] });
  const controller = new AbortController();
  const guess = (ids: readonly number[], most: number) => Array.from({ length: most }, (_, i) => ids.at(-1)! + 1 + i);
  const options = { decoder, prompt: [1], sampler: greedy(), speculate: { guess }, signal: controller.signal };
  const reason = { why: "enough" };
  const ids: number[] = [];

  const answering = (async () => {
    for await (const event of generate(options)) {
      if (event.type === "token") ids.push(event.id);
      if (ids.length === 2) controller.abort(reason);
    }
  })();

  await expect(answering).rejects.toBe(reason);
  expect(ids).toEqual([2, 3]); // 4 was guessed with 3, and right
  expect(decoder.steps).toHaveLength(2);
});

test("what was guessed does not stay in the cache", async () => {
  const decoder = tableDecoder({ script: [1, 2, 3, 4] });
  const cache = createPromptCache(decoder, { chunkTokens: 1 });
  const speculate = { guess: () => [9, 9, 9] };

  await collect({ decoder, cache, prompt: [1, 2], sampler: greedy(), maxTokens: 3, speculate });

  expect(cache.ids).toEqual([1, 2]);
});

test.each([0, 65, 1.5])("a guess of at most %d tokens is refused", async (maxTokens) => {
  const options = {
    decoder: tableDecoder(),
    prompt: [1],
    sampler: greedy(),
    speculate: { guess: () => [], maxTokens },
  };

  await expect(collect(options)).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });
  expect(options.decoder.openCaches).toBe(0);
});

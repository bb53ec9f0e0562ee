import { brokenDecoder, decoderContract, stepSensitiveDecoder, tableDecoder } from "@palaver/core/testing";
import { createSampler, greedy } from "@palaver/sampling";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batchDecoder } from "./batch-decoder.ts";
import { type GenerateOptions, generate } from "./generate.ts";

async function tokensOf(options: GenerateOptions): Promise<number[]> {
  const ids: number[] = [];
  for await (const event of generate(options)) if (event.type === "token") ids.push(event.id);
  return ids;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const rowsOf = (decoder: ReturnType<typeof tableDecoder>): number[] => decoder.steps.map(({ rows }) => rows.length);

describe("a batching decoder is a decoder", () => {
  for (const { name, run } of decoderContract(() => batchDecoder(tableDecoder()))) test(name, run);
});

test("answers are the same together as alone", async () => {
  const answer = fc.record({
    prompt: fc.array(fc.nat(63), { minLength: 1, maxLength: 8 }),
    maxTokens: fc.nat(10),
    seed: fc.nat(99),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(answer, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 4 }),
      async (list, maxRows) => {
        const decoder = stepSensitiveDecoder({ onStep: turn });
        const batching = batchDecoder(decoder, { maxRows, gather: turn });
        const options = list.map(({ seed, ...rest }) => ({ ...rest, sampler: createSampler({ seed }) }));

        const together = await Promise.all(options.map((each) => tokensOf({ ...each, decoder: batching })));

        for (const [i, each] of options.entries()) expect(together[i]).toEqual(await tokensOf({ ...each, decoder }));
      },
    ),
    { numRuns: 25 },
  );
});

test("sequences that decode at the same time share steps, from the second on", async () => {
  const decoder = tableDecoder({ onStep: turn });
  const batching = batchDecoder(decoder, { gather: turn });
  const options = { decoder: batching, sampler: greedy(), maxTokens: 20 };

  await Promise.all([1, 2, 3, 4].map((id) => tokensOf({ ...options, prompt: [id, id] })));

  // Four prefills, then 19 steps of each sequence: together they are hardly more than 19.
  expect(rowsOf(decoder).slice(4).length).toBeLessThanOrEqual(22);
  expect(Math.max(...rowsOf(decoder))).toBe(4);
});

test("a single sequence waits for nobody", async () => {
  let waits = 0;
  const gather = async (): Promise<void> => {
    waits++;
  };
  const options = { decoder: batchDecoder(tableDecoder(), { gather }), sampler: greedy(), maxTokens: 20 };

  await tokensOf({ ...options, prompt: [1, 2] });

  expect(waits).toBe(0);
});

test("steps have at most maxRows rows", async () => {
  const decoder = tableDecoder({ onStep: turn });
  const options = { decoder: batchDecoder(decoder, { maxRows: 2, gather: turn }), sampler: greedy(), maxTokens: 9 };

  await Promise.all([1, 2, 3, 4, 5].map((id) => tokensOf({ ...options, prompt: [id, id] })));

  expect(Math.max(...rowsOf(decoder))).toBe(2);
});

test("an abort ends its own row alone, and the cache is as before", async () => {
  const controller = new AbortController();
  const decoder = tableDecoder({ onStep: (rows) => (rows.length === 2 ? controller.abort() : turn()) });
  const batching = batchDecoder(decoder, { gather: turn });
  const caches = [batching.createCache(), batching.createCache()];
  await Promise.all(caches.map((cache) => batching.step([{ cache, tokens: [1, 2] }])));

  const [aborted, kept] = await Promise.allSettled([
    batching.step([{ cache: caches[0]!, tokens: [3] }], { signal: controller.signal }),
    batching.step([{ cache: caches[1]!, tokens: [4] }]),
  ]);

  expect(aborted).toEqual({ status: "rejected", reason: controller.signal.reason });
  expect(kept.status).toBe("fulfilled");
  expect(caches.map(({ length }) => length)).toEqual([2, 3]);
  expect(rowsOf(decoder)).toEqual([1, 1, 2]);
});

test("a row whose cache is closed with its abort leaves the others of its step done once", async () => {
  const controller = new AbortController();
  const decoder = tableDecoder({
    onStep: (rows) => {
      if (rows.length < 2) return turn();
      controller.abort();
      rows[0]!.cache.close();
    },
  });
  const batching = batchDecoder(decoder, { gather: turn });
  const [gone, kept] = [batching.createCache(), batching.createCache()];
  await Promise.all([gone, kept].map((cache) => batching.step([{ cache, tokens: [1, 2] }])));

  const results = await Promise.allSettled([
    batching.step([{ cache: gone, tokens: [3] }], { signal: controller.signal }),
    batching.step([{ cache: kept, tokens: [4] }]),
  ]);

  expect(results[0]).toEqual({ status: "rejected", reason: controller.signal.reason });
  expect(results[1]!.status).toBe("fulfilled");
  expect(kept.length).toBe(3);
  expect(rowsOf(decoder)).toEqual([1, 1, 2]);
});

test("a gathering that fails fails the steps that wait, and later ones run", async () => {
  const failure = new DOMException("no timer", "OperationError");
  let fails = true;
  const gather = async (): Promise<void> => {
    if (fails) throw failure;
  };
  const batching = batchDecoder(tableDecoder(), { gather });
  const [first, second] = [batching.createCache(), batching.createCache()];
  await batching.step([{ cache: first, tokens: [1, 2] }]);

  const results = await Promise.allSettled([
    batching.step([{ cache: second, tokens: [1] }]),
    batching.step([{ cache: second, tokens: [2] }]),
  ]);
  fails = false;

  expect(results).toEqual([1, 2].map(() => ({ status: "rejected", reason: failure })));
  await expect(batching.step([{ cache: second, tokens: [3] }])).resolves.toHaveLength(1);
});

test("rows that are none are refused, and the steps beside them run", async () => {
  const batching = batchDecoder(tableDecoder(), { gather: turn });
  const cache = batching.createCache();
  const wrong: unknown[] = [undefined, {}, [undefined], [{ cache }], [{ tokens: [1] }], [{ cache, tokens: 1 }]];

  const beside = batching.step([{ cache, tokens: [1] }]);
  for (const rows of wrong) {
    // @ts-expect-error a mistake that JavaScript cannot see
    await expect(batching.step(rows)).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });
  }

  await expect(beside).resolves.toHaveLength(1);
});

test("a row that is aborted while it waits is not computed", async () => {
  const controller = new AbortController();
  const decoder = tableDecoder({ onStep: (_, index) => (index === 0 ? controller.abort() : undefined) });
  const batching = batchDecoder(decoder, { gather: turn });
  const caches = [batching.createCache(), batching.createCache()];

  const steps = await Promise.allSettled([
    batching.step([{ cache: caches[0]!, tokens: [1, 2] }]),
    batching.step([{ cache: caches[1]!, tokens: [3] }], { signal: controller.signal }),
  ]);

  expect(steps.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect(decoder.steps).toHaveLength(1);
});

test("a step whose rows are all aborted is stopped", async () => {
  const never = new Promise<void>(() => {});
  const decoder = tableDecoder({ onStep: (_, index) => (index < 2 ? undefined : never) });
  const batching = batchDecoder(decoder, { gather: turn });
  const caches = [batching.createCache(), batching.createCache()];
  await Promise.all(caches.map((cache) => batching.step([{ cache, tokens: [1, 2] }])));
  const controllers = caches.map(() => new AbortController());

  const steps = caches.map((cache, i) => batching.step([{ cache, tokens: [3] }], { signal: controllers[i]!.signal }));
  await turn();
  for (const [i, controller] of controllers.entries()) controller.abort(i);

  const results = await Promise.allSettled(steps);
  expect(results.map((result) => result.status === "rejected" && result.reason)).toEqual([0, 1]);
  expect(caches.map(({ length }) => length)).toEqual([2, 2]);
});

test("a row that fails does not fail its neighbours", async () => {
  const decoder = tableDecoder({ onStep: turn });
  const batching = batchDecoder(decoder, { gather: turn });
  const full = batching.createCache({ capacity: 2 });
  const free = batching.createCache();
  await Promise.all([full, free].map((cache) => batching.step([{ cache, tokens: [1, 2] }])));

  const [refused, given] = await Promise.allSettled([
    batching.step([{ cache: full, tokens: [3] }]),
    batching.step([{ cache: free, tokens: [3] }]),
  ]);

  expect(refused).toMatchObject({ status: "rejected", reason: { code: "ERR_CONTEXT_FULL" } });
  expect(given.status).toBe("fulfilled");
  expect(free.length).toBe(3);
});

test("steps of one cache keep their order", async () => {
  const decoder = tableDecoder({ onStep: turn });
  const batching = batchDecoder(decoder, { gather: turn });
  const [a, b] = [batching.createCache(), batching.createCache()];

  await Promise.all([
    batching.step([{ cache: a, tokens: [1] }]),
    batching.step([{ cache: a, tokens: [2, 3] }]),
    batching.step([{ cache: a, tokens: [4] }]),
    batching.step([{ cache: b, tokens: [5] }]),
  ]);

  const fed = decoder.steps.flatMap(({ rows }) => rows.map(({ tokens }) => tokens.join()));
  expect(fed.filter((tokens) => tokens !== "5")).toEqual(["1", "2,3", "4"]);
});

test("a row of logits that are no numbers fails its own answer, and the others are what they are alone", async () => {
  const decoder = tableDecoder({ onStep: turn });
  const broken = brokenDecoder(decoder, ({ cache, tokens }) =>
    tokens.includes(7) && cache.length > 3 ? Number.NaN : undefined,
  );
  const options = { sampler: createSampler({ logitBias: new Map([[7, 100]]), seed: 1 }), maxTokens: 6 };
  const others = { sampler: createSampler({ logitBias: new Map([[7, -100]]), seed: 1 }), maxTokens: 6 };
  const batching = batchDecoder(broken, { gather: turn });

  const results = await Promise.allSettled([
    tokensOf({ decoder: batching, prompt: [1, 2], ...options }),
    tokensOf({ decoder: batching, prompt: [3, 4], ...others }),
    tokensOf({ decoder: batching, prompt: [5, 6], ...others }),
  ]);

  expect(results[0]).toMatchObject({ status: "rejected", reason: { code: "ERR_RUNTIME" } });
  for (const [i, prompt] of [
    [3, 4],
    [5, 6],
  ].entries()) {
    expect(results[i + 1]).toEqual({ status: "fulfilled", value: await tokensOf({ decoder, prompt, ...others }) });
  }
});
